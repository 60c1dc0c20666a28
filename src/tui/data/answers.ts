import { hex } from '../../words/hex.js';
import { listVariables } from '../../../symbols/lists.js';
import { InputError } from '../../bytes/input-error.js';
import { didYouMean } from '../../words/nearest-word.js';
import { addressNamed } from '../../inspect/address-named.js';
import { aliases } from '../../app/command-ids.js';
import { parsePluginWords } from '../../app/plugin-values.js';
import { noSuchType } from '../../inspect/type-named.js';
import { taskLabel, taskOfPid } from '../../linux/sched/tasks.js';
import { isGapError } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { isPlugin, type UsersPlugin } from '../../plugin/define-plugin.js';
import { defaultValues, type OptionValues } from '../../plugin/options.js';
import type { AnyPlugin, Registry } from '../../plugin/registry.js';
import { runEvents, type RunEvent } from '../../plugin/run-plugin.js';
import { defaultLimits, type Outcome } from '../../plugin/section.js';
import type { Gap } from '../../words/views.js';
import { quoted } from '../state/command-line.js';
import type { Question } from '../state/state.js';
import { parseWords } from './parse-words.js';

/**
 * An answer in pieces: what it is called, the command line that says the same (VMCORE for the files), and what to show.
 */
export interface AnswerPiece {
  title?: string;
  command?: string;
  events: readonly RunEvent[];
}

/** All plugins; a user's run elsewhere. */
export interface Askable extends Registry {
  runUsers(plugin: UsersPlugin, values: OptionValues): Promise<readonly RunEvent[]>;
}

/** A door opens at once or is given up: nobody waits longer. */
export const answerLimits = { ...defaultLimits, ms: 60_000, items: 300_000 };

/** Answers a question to the dump. Whatever goes wrong is part of the answer. */
export async function* answerTo(
  kernel: Kernel,
  plugins: Askable,
  question: Question,
): AsyncGenerator<AnswerPiece, void> {
  try {
    if (question.kind === 'object') yield* openObject(kernel, plugins, question.type, question.address);
    else yield* openWords(kernel, plugins, question.text.trim());
  } catch (error) {
    if (!(error instanceof InputError) && !isGapError(error)) throw error;
    yield { events: [ended({ kind: 'unavailable', reason: error.message })] };
  }
}

async function* openWords(kernel: Kernel, plugins: Askable, text: string): AsyncGenerator<AnswerPiece, void> {
  const pid = /^(?:pid\s+)?(\d{1,7})$/.exec(text)?.[1];
  if (pid !== undefined) {
    const task = taskOfPid(kernel, Number(pid));
    if (task === undefined) throw new InputError(`there is no task with pid ${pid}`);
    return yield* openTask(kernel, plugins, task.$address);
  }
  const [first = '', ...rest] = parseWords(text);
  const plugin = await commandNamed(plugins, first, rest);
  if (plugin !== undefined) {
    const values = await parsePluginWords(plugin, rest);
    const events = isPlugin(plugin)
      ? runEvents(kernel, plugin, values, answerLimits)
      : await plugins.runUsers(plugin, values);
    return yield* told(events, {
      title: text,
      command: `oompm ${plugin.id} VMCORE ${rest.map(quoted).join(' ')}`.trimEnd(),
    });
  }
  const [, type, where] = /^((?:(?:struct|union|enum)\s+)?[A-Za-z_]\w*)\s+(\S+)$/.exec(text) ?? [];
  if (type !== undefined && where !== undefined) {
    if (!isType(kernel, type))
      throw noSuchType(
        kernel,
        type,
        () =>
          `there is no command ${first}, and this kernel's types have no ${type}${didYouMean(first, [...plugins.ids, ...kernel.types.typeNames()])}`,
      );
    return yield* openObject(kernel, plugins, type, addressNamed(kernel, where));
  }
  const name = /^([A-Za-z_]\w*)(?::\d+)?$/.exec(text)?.[1];
  const variable =
    name !== undefined && kernel.symbols.addressOf(name) !== undefined ? variableType(kernel, name) : undefined;
  if (listVariables[text] !== undefined || variable === 'struct list_head')
    return yield* openList(kernel, plugins, text, undefined);
  if (variable === undefined) {
    if (rest.length > 0)
      throw new InputError(
        `there is no command ${first}${didYouMean(first, plugins.ids)}; Tab completes commands, types, symbols and tasks`,
      );
    const isVariable = name !== undefined && kernel.symbols.addressOf(name) !== undefined;
    return yield* name === text && !isVariable && isType(kernel, name)
      ? openLayout(kernel, plugins, name)
      : openPlace(kernel, plugins, text);
  }
  yield* run(
    kernel,
    plugins,
    'read',
    { where: text, type: variable, length: wordsShown },
    { title: text, command: `oompm read VMCORE ${quoted(text)} --type ${quoted(variable)}` },
  );
}

/** Memory at what is named, or why there is none of that name, with the nearest that there is. */
function openPlace(kernel: Kernel, plugins: Askable, text: string): AsyncGenerator<AnswerPiece, void> {
  try {
    addressNamed(kernel, text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.message + didYouMean(text, [...plugins.ids, ...Object.keys(listVariables), ...kernel.types.typeNames()]),
    );
  }
  return openMemory(kernel, plugins, text);
}

/** A type alone, of whose name there is no symbol: its members. */
function openLayout(kernel: Kernel, plugins: Askable, type: string): AsyncGenerator<AnswerPiece, void> {
  const name = { title: `type ${type}`, command: `oompm struct VMCORE ${quoted(type)}` };
  return run(kernel, plugins, 'struct', { type, where: undefined }, name);
}

/**
 * "struct task_struct init_task" is also how C names a type, and then the object is meant: the command shows the same.
 */
function commandNamed(plugins: Askable, first: string, rest: readonly string[]): Promise<AnyPlugin | undefined> {
  if (first === 'struct' && rest.length > 1) return Promise.resolve(undefined);
  return plugins.load(Object.hasOwn(aliases, first) ? aliases[first]! : first);
}

function openMemory(kernel: Kernel, plugins: Askable, where: string): AsyncGenerator<AnswerPiece, void> {
  return run(
    kernel,
    plugins,
    'read',
    { where, type: undefined, length: wordsShown },
    { title: `memory at ${where}`, command: `oompm read VMCORE ${quoted(where)} --length ${wordsShown}` },
  );
}

function openList(
  kernel: Kernel,
  plugins: Askable,
  where: string,
  link: string | undefined,
): AsyncGenerator<AnswerPiece, void> {
  const command = `oompm list VMCORE ${quoted(where)}${link === undefined ? '' : ` --link ${link}`}`;
  return run(kernel, plugins, 'list', { where, link }, { title: `list at ${where}`, command });
}

/** What has members or a value to show; void and int are memory. */
function isType({ types }: Kernel, name: string): boolean {
  const [, tag, bare = ''] = /^(?:(struct|union|enum)\s+)?(\w+)$/.exec(name) ?? [];
  if (tag === 'enum') return types.enum(bare) !== undefined;
  return types.struct(bare) !== undefined || (tag === undefined && types.typedef(bare) !== undefined);
}

const wordsShown = 1024;

async function* openObject(
  kernel: Kernel,
  plugins: Askable,
  type: string,
  address: bigint,
): AsyncGenerator<AnswerPiece, void> {
  if (/^(?:struct\s+)?task_struct$/.test(type)) return yield* openTask(kernel, plugins, address);
  const link = /^list of ([\w.]+)$/.exec(type)?.[1];
  if (link !== undefined || type === 'struct list_head') return yield* openList(kernel, plugins, hex(address), link);
  if (!isType(kernel, type)) return yield* openMemory(kernel, plugins, hex(address));
  yield* run(kernel, plugins, 'read', { where: hex(address), type, length: wordsShown }, objectName(type, address));
}

/** A task: all that plugins say of one, then the struct itself. */
async function* openTask(kernel: Kernel, plugins: Askable, address: bigint): AsyncGenerator<AnswerPiece, void> {
  const task = kernel.ref('task_struct', address);
  const pid = kernel.attempt('task_struct.pid', () => task.pid);
  yield { title: taskLabel(kernel, task), command: objectName('struct task_struct', address).command, events: [] };
  const gaps: Gap[] = [];
  for (const id of pid === undefined || pid === 0 ? [] : plugins.ids) {
    const plugin = await plugins.load(id).catch(() => undefined);
    if (plugin === undefined) continue;
    const argument = Object.keys(plugin.arguments).find((name) => /^(?:task|tasks|pid|pids)$/.test(name));
    if (argument === undefined) continue;
    const { type, multiple } = plugin.arguments[argument]!;
    const value = type === 'integer' ? pid! : String(pid);
    const values = {
      ...defaultValues(plugin.flags, plugin.arguments),
      ...('threads' in plugin.flags ? { threads: true } : {}),
      [argument]: multiple ? [value] : value,
    } as OptionValues;
    const events = isPlugin(plugin)
      ? [...runEvents(kernel, plugin, values, answerLimits)]
      : await plugins.runUsers(plugin, values);
    yield { events: events.flatMap((event) => withoutEnd(id, event, gaps)) };
  }
  const events = [
    ...runEvents(
      kernel,
      await plugins.loadBundled('read'),
      { where: hex(address), type: 'struct task_struct', length: wordsShown },
      answerLimits,
    ),
  ];
  yield {
    events: [
      ...events.flatMap((event) => withoutEnd('read', event, gaps)),
      { kind: 'end', outcome: endOf(events), gaps },
    ],
  };
}

/** One that broke, of several, is told among the gaps. */
function withoutEnd(plugin: string, event: RunEvent, gaps: Gap[]): RunEvent[] {
  if (event.kind !== 'end') return [event];
  gaps.push(...event.gaps);
  if (plugin !== 'read' && (event.outcome.kind === 'failed' || event.outcome.kind === 'cut short'))
    gaps.push({ gap: true, what: plugin, reason: event.outcome.reason });
  return [];
}

function endOf(events: readonly RunEvent[]): Outcome {
  const end = events.find((event) => event.kind === 'end');
  return end?.outcome ?? { kind: 'done' };
}

/** What shows a place, whatever a user's plugin of that name does. */
async function* run(
  kernel: Kernel,
  plugins: Askable,
  id: 'read' | 'list' | 'struct',
  values: OptionValues,
  name: { title: string; command: string },
): AsyncGenerator<AnswerPiece, void> {
  yield* told(runEvents(kernel, await plugins.loadBundled(id), values, answerLimits), name);
}

/** @throws InputError where the question itself is wrong, before anything is yielded */
function* told(events: Iterable<RunEvent>, name: { title: string; command: string }): Generator<AnswerPiece, void> {
  let named = false;
  for (const event of events) {
    if (!named && event.kind === 'end' && event.outcome.kind === 'unavailable')
      throw new InputError(event.outcome.reason);
    yield { ...(named ? {} : name), events: [event] };
    named = true;
  }
}

function ended(outcome: Outcome): RunEvent {
  return { kind: 'end', outcome, gaps: [] };
}

function objectName(type: string, address: bigint): { title: string; command: string } {
  return { title: `${type} at ${hex(address)}`, command: `oompm read VMCORE ${hex(address)} --type ${quoted(type)}` };
}

/** A variable's struct, where the types know variables at all (DWARF does). */
function variableType(kernel: Kernel, name: string): string | undefined {
  const type = kernel.types.variable(name);
  return type?.kind === 'struct' || type?.kind === 'union' ? `${type.kind} ${type.name}` : undefined;
}
