import { parentPort, workerData } from 'node:worker_threads';
import { InputError } from '../bytes/input-error.js';
import { openKernel } from '../session/open-kernel.js';
import { loadPlugins } from './load-plugin.js';
import { createRegistry, type BundledPlugin } from './registry.js';
import { runEvents } from './run-plugin.js';
import type { RunRequest, WorkerReply, WorkerStart } from './worker-messages.js';

/** The worker's side of the runner: opens the dump for itself, then runs plugins as asked and posts what they yield. */
const start = workerData as WorkerStart;
const port = parentPort!;
const reply = (message: WorkerReply): void => port.postMessage(message);

try {
  const [kernel, { bundledPlugins }, { loaded, refused }] = await Promise.all([
    openKernel(start.open),
    import(start.bundled) as Promise<{ bundledPlugins: readonly BundledPlugin[] }>,
    loadPlugins(start.plugins),
  ]);
  const registry = createRegistry(bundledPlugins, loaded);
  port.on('message', (request: RunRequest) => {
    void registry.load(request.id).then((plugin) => {
      if (plugin === undefined) {
        reply({ kind: 'event', run: request.run, event: { kind: 'end', gaps: [], outcome: { kind: 'unavailable', reason: [`there is no plugin ${request.id}`, ...refused.map(({ path, reason }) => `${path}: ${reason}`)].join('; ') } } });
        return;
      }
      for (const event of runEvents(kernel, plugin, request.values, request.limits)) reply({ kind: 'event', run: request.run, event });
    });
  });
  reply({ kind: 'ready' });
} catch (error) {
  reply({ kind: 'refused', message: error instanceof Error ? error.message : String(error), input: error instanceof InputError });
}
