import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { InputError } from '../../bytes/input-error.js';
import { namedFiles } from '../../app/open-named.js';
import { plugins } from '../../app/plugins.js';
import { defaultValues, requiredArguments } from '../../plugin/options.js';
import type { RunEvent } from '../../plugin/run-plugin.js';
import { openSession } from '../../session/open-kernel.js';
import { answerLimits, answerTo, type Askable } from './answers.js';
import { gatherNames, type Commands } from './candidates.js';
import { openDesk } from './desk.js';
import { openAt, type DoorsReply, type DoorsRequest, type DoorsStart, type KnownPlugin } from './doors-messages.js';
import { glance } from './glance.js';

/**
 * The second worker: makes sense of the command line, then answers what Enter and the prompt ask, while the first runs
 * plugins. It opens the dump at the first question, or when it is told that there is time to.
 */
const start = workerData as DoorsStart;
const port = parentPort!;
// oxlint-disable-next-line require-post-message-target-origin -- a worker thread's has none
const reply = (message: DoorsReply): void => port.postMessage(message);

begin().catch((error: unknown) => {
  reply({
    kind: 'refused',
    message: error instanceof Error ? error.message : String(error),
    input: error instanceof InputError,
  });
});

async function begin(): Promise<void> {
  const [{ options, rest }, { registry, files, runner, warnings }] = await Promise.all([
    namedFiles('analyze', start.words, start.flags),
    plugins(),
  ]);
  if (rest.length > 0)
    throw new InputError(`analyze does not know what to do with ${rest[0]}: it is neither a dump nor a kernel`);
  const facts = await glance(options);
  // One that does not load is named, and the others stand.
  const loaded = await Promise.allSettled(registry.ids.map((id) => registry.load(id)));
  const broken = loaded.flatMap((one, at) =>
    one.status === 'rejected' ? [`plugin ${registry.ids[at]} does not load: ${String(one.reason)}`] : [],
  );
  const all = loaded.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
  reply({
    kind: 'resolved',
    options,
    facts,
    files,
    plugins: all.map((plugin): KnownPlugin => ({
      id: plugin.id,
      summary: plugin.summary,
      inReport: plugin.inReport !== undefined,
      required: requiredArguments(plugin.arguments),
      // A screen has room for what a report leaves out: all of the log, tasks of the kernel.
      values: defaultValues(plugin.flags, plugin.arguments),
      ...('path' in plugin ? { path: plugin.path } : {}),
    })),
    warnings: [...warnings, ...broken],
  });

  const commands: Commands = Object.fromEntries(all.map((plugin) => [plugin.id, plugin] as const));
  const askable: Askable = {
    ...registry,
    async runUsers(plugin, values) {
      const events: RunEvent[] = [];
      const { outcome, gaps } = await runner!.run(
        plugin,
        values,
        { dump: options },
        { limits: answerLimits, onEvent: (event) => events.push(event) },
      );
      return events.at(-1)?.kind === 'end' ? events : [...events, { kind: 'end', outcome, gaps }];
    },
  };
  const takeMessage = openDesk({
    stopFlag: start.shared,
    commands,
    nextMessage: () => receiveMessageOnPort(port)?.message as DoorsRequest | undefined,
    reply,
    stopUsers: () => runner?.cancel(),
    reloadUsers: () => void runner?.reload(),
    async open() {
      const session = await openSession({ ...options, cancelFlag: start.shared });
      Atomics.store(start.shared, openAt, 1);
      return {
        answer: (question) => answerTo(session.kernel, askable, question),
        gatherNames: () => gatherNames(session.kernel),
        defects: () => session.defectsByNow(),
      };
    },
  });
  port.on('message', takeMessage);
}
