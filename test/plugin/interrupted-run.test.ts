import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledPlugins } from '../../plugins/index.js';
import { defaultValues } from '../../src/plugin/options.js';
import { runEvents, runPlugin } from '../../src/plugin/run-plugin.js';
import type { Section } from '../../src/plugin/section.js';
import { openSession } from '../../src/session/open-kernel.js';
import { dumpFile } from '../dumps.js';

/** Sets the flag from another thread: what is running sees no message. */
const flag = new Int32Array(new SharedArrayBuffer(4));
let setter: Worker;
beforeAll(() => {
  setter = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const never = new Int32Array(new SharedArrayBuffer(4));
     parentPort.on('message', (ms) => { Atomics.wait(never, 0, 0, ms); Atomics.store(workerData, 0, 1); });`,
    { eval: true, workerData: flag },
  );
});
afterAll(() => setter.terminate());

const toldBy = ({ outcome, views, gaps }: Section): string =>
  JSON.stringify({ outcome, views, gaps }, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

describe.each(['6.1-global-panic', 'lab-6.1-lock-zoo', '5.10-memcg1-panic'])('%s', (name) => {
  const file = dumpFile(`${name}/vmcore`);
  test.skipIf(file === undefined)(
    'a section that was interrupted says, begun anew, what it says undisturbed',
    async () => {
      const options = { dump: [file!] };
      const [undisturbed, interrupted] = [
        await openSession(options),
        await openSession({ ...options, cancelFlag: flag }),
      ];
      let interruptions = 0;
      for (const { id, load } of bundledPlugins) {
        const plugin = (await load()).default;
        if (plugin.inReport === undefined) continue;
        const values = defaultValues(plugin.flags, plugin.arguments);
        const expected = toldBy(runPlugin(undisturbed.kernel, plugin, values));
        for (const ms of [0, 1, 4, 16, 64]) {
          // oxlint-disable-next-line require-post-message-target-origin -- a worker thread's has none
          setter.postMessage(ms);
          for (const event of runEvents(interrupted.kernel, plugin, values))
            if (event.kind === 'end' && event.outcome.kind === 'cut short') interruptions++;
          while (Atomics.load(flag, 0) === 0) Atomics.wait(flag, 0, 0, 5);
          Atomics.store(flag, 0, 0);
        }
        expect(toldBy(runPlugin(interrupted.kernel, plugin, values)), id).toBe(expected);
      }
      expect(interruptions).toBeGreaterThan(5);
      undisturbed.close();
      interrupted.close();
    },
    60_000,
  );
});
