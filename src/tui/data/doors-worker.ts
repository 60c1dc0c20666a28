import { parentPort, workerData } from 'node:worker_threads';
import { InputError } from '../../bytes/input-error.js';
import { namedFiles } from '../../app/open-named.js';
import { plugins } from '../../app/plugins.js';
import { defaultValues, requiredArguments } from '../../plugin/options.js';
import type { RunEvent } from '../../plugin/run-plugin.js';
import { openSession, type Session } from '../../session/open-kernel.js';
import type { Question } from '../state/state.js';
import { answerLimits, answerTo, type Askable } from './answers.js';
import { candidatesFor, type Commands } from './candidates.js';
import type { DoorsReply, DoorsRequest, DoorsStart, KnownPlugin } from './doors-messages.js';
import { glance } from './glance.js';

/**
 * The second worker: makes sense of the command line, then answers what Enter and the prompt ask, while the first runs
 * plugins. It opens the dump with its first question.
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
  let opening: Promise<Session> | undefined;
  const opened = (): Promise<Session> => (opening ??= openSession({ ...options, cancelFlag: start.cancelFlag }));
  let last: Promise<void> = Promise.resolve();
  let typed = '';

  const answer = async (request: number, question: Question): Promise<void> => {
    try {
      const session = await opened();
      for await (const piece of answerTo(session.kernel, askable, question))
        reply({ kind: 'answer', request, ...piece });
      reply({ kind: 'defects', defects: session.defectsByNow() });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      reply({
        kind: 'answer',
        request,
        events: [
          {
            kind: 'end',
            gaps: [],
            outcome: { kind: 'failed', fault: error instanceof InputError ? 'dump' : 'plugin', reason },
          },
        ],
      });
    }
  };
  /** Commands are known at once; names of the dump when it is open, unless one has gone on typing. */
  const complete = async (text: string): Promise<void> => {
    typed = text;
    reply({ kind: 'completions', text, candidates: candidatesFor(undefined, commands, text), whole: text === '' });
    if (text === '') return;
    const session = await opened().catch(() => undefined);
    if (typed === text)
      reply({ kind: 'completions', text, candidates: candidatesFor(session?.kernel, commands, text), whole: true });
  };

  port.on('message', (message: DoorsRequest) => {
    if (message.kind === 'complete') void complete(message.text);
    else last = last.then(() => answer(message.request, message.question));
  });
}
