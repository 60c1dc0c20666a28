import { listVariables } from '../../../symbols/lists.js';
import { InputError } from '../../bytes/input-error.js';
import { didYouMean } from '../../words/nearest-word.js';
import { infoPlugin } from '../../cli/info-plugin.js';
import { listPlugin } from '../../cli/list-plugin.js';
import { addressNamed } from '../../cli/address-named.js';
import { parsePluginWords } from '../../cli/plugin-values.js';
import { readPlugin } from '../../cli/read-plugin.js';
import { structPlugin } from '../../cli/struct-plugin.js';
import { symPlugin } from '../../cli/sym-plugin.js';
import { taskLabel, taskOfPid } from '../../linux/tasks.js';
import { isGapError } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Plugin } from '../../plugin/define-plugin.js';
import { defaultValues, type OptionValues } from '../../plugin/options.js';
import type { Registry } from '../../plugin/registry.js';
import { runEvents, type RunEvent } from '../../plugin/run-plugin.js';
import { defaultLimits, type Outcome } from '../../plugin/section.js';
import type { Gap } from '../../plugin/views.js';
import { quoted } from '../state/command-line.js';
import type { Question } from '../state/state.js';
import { parseWords } from './parse-words.js';

/** An answer in pieces: what it is called, the command line that says the same (VMCORE for the files), and what to show. */
export interface AnswerPiece {
  title?: string;
  command?: string;
  events: readonly RunEvent[];
}

/** A door opens at once or is given up: nobody waits longer. */
const limits = { ...defaultLimits, ms: 60_000, items: 300_000 };

/** Answers a question to the dump. Whatever goes wrong is part of the answer. */
export async function* answerTo(kernel: Kernel, registry: Registry, question: Question): AsyncGenerator<AnswerPiece, void> {
  try {
    if (question.kind === 'object') yield* openObject(kernel, registry, question.type, question.address);
    else yield* openWords(kernel, registry, question.text.trim());
  } catch (error) {
    if (!(error instanceof InputError) && !isGapError(error)) throw error;
    yield { events: [ended({ kind: 'unavailable', reason: error.message })] };
  }
}

async function* openWords(kernel: Kernel, registry: Registry, text: string): AsyncGenerator<AnswerPiece, void> {
  const pid = /^(?:pid\s+)?(\d{1,7})$/.exec(text)?.[1];
  if (pid !== undefined) {
    const task = taskOfPid(kernel, Number(pid));
    if (task === undefined) throw new InputError(`there is no task with pid ${pid}`);
    return yield* openTask(kernel, registry, task.$address);
  }
  const [first = '', ...rest] = parseWords(text);
  const plugin = await commandNamed(registry, first, rest);
  if (plugin !== undefined) {
    return yield* run(kernel, plugin, await parsePluginWords(plugin, rest), { title: text, command: `oompm ${plugin.id} VMCORE ${rest.map(quoted).join(' ')}`.trimEnd() });
  }
  const [, type, where] = /^((?:(?:struct|union|enum)\s+)?[A-Za-z_]\w*)\s+(\S+)$/.exec(text) ?? [];
  if (type !== undefined && where !== undefined) {
    if (!isType(kernel, type)) throw new InputError(`there is no command ${first}, and this kernel's types have no ${type}${didYouMean(first, [...knownCommands(registry), ...kernel.types.structNames()])}`);
    return yield* openObject(kernel, registry, type, addressNamed(kernel, where));
  }
  const name = /^([A-Za-z_]\w*)(?::\d+)?$/.exec(text)?.[1];
  const variable = name !== undefined && kernel.symbols.addressOf(name) !== undefined ? variableType(kernel, name) : undefined;
  if (listVariables[text] !== undefined || variable === 'struct list_head') return yield* openList(kernel, text, undefined);
  if (variable === undefined) {
    if (rest.length > 0) throw new InputError(`there is no command ${first}${didYouMean(first, knownCommands(registry))}; Tab completes commands, types, symbols and tasks`);
    yield* openPlace(kernel, registry, text);
    return;
  }
  yield* run(kernel, readPlugin, { where: text, type: variable, length: wordsShown }, { title: text, command: `oompm read VMCORE ${quoted(text)} --type ${quoted(variable)}` });
}

/** Memory at what is named, or why there is none of that name, with the nearest that there is. */
function openPlace(kernel: Kernel, registry: Registry, text: string): Generator<AnswerPiece, void> {
  try {
    addressNamed(kernel, text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.message + didYouMean(text, [...knownCommands(registry), ...Object.keys(listVariables), ...kernel.types.structNames()]));
  }
  return openMemory(kernel, text);
}

function knownCommands(registry: Registry): string[] {
  return [...registry.ids, ...Object.keys(dumpCommands)];
}

/** Commands of the command line that are no screens. */
export const dumpCommands: Readonly<Record<string, Plugin>> = { info: infoPlugin, read: readPlugin, rd: readPlugin, list: listPlugin, struct: structPlugin, sym: symPlugin };

/** "struct task_struct init_task" is also how C names a type, and then the object is meant: the command shows the same. */
async function commandNamed(registry: Registry, first: string, rest: readonly string[]): Promise<Plugin | undefined> {
  const own = Object.hasOwn(dumpCommands, first) ? dumpCommands[first] : undefined;
  if (own === structPlugin && rest.length > 1) return undefined;
  return own ?? (registry.ids.includes(first) ? await registry.load(first) : undefined);
}

function openMemory(kernel: Kernel, where: string): Generator<AnswerPiece, void> {
  return run(kernel, readPlugin, { where, type: undefined, length: wordsShown }, { title: `memory at ${where}`, command: `oompm read VMCORE ${quoted(where)} --length ${wordsShown}` });
}

function openList(kernel: Kernel, where: string, link: string | undefined): Generator<AnswerPiece, void> {
  const command = `oompm list VMCORE ${quoted(where)}${link === undefined ? '' : ` --link ${link}`}`;
  return run(kernel, listPlugin, { where, link }, { title: `list at ${where}`, command });
}

/** What has members or a value to show; void and int are memory. */
function isType({ types }: Kernel, name: string): boolean {
  const [, tag, bare = ''] = /^(?:(struct|union|enum)\s+)?(\w+)$/.exec(name) ?? [];
  if (tag === 'enum') return types.enum(bare) !== undefined;
  return types.struct(bare) !== undefined || (tag === undefined && types.typedef(bare) !== undefined);
}

const wordsShown = 1024;

async function* openObject(kernel: Kernel, registry: Registry, type: string, address: bigint): AsyncGenerator<AnswerPiece, void> {
  if (/^(?:struct\s+)?task_struct$/.test(type)) return yield* openTask(kernel, registry, address);
  const link = /^list of ([\w.]+)$/.exec(type)?.[1];
  if (link !== undefined || type === 'struct list_head') return yield* openList(kernel, hex(address), link);
  if (!isType(kernel, type)) return yield* openMemory(kernel, hex(address));
  yield* run(kernel, readPlugin, { where: hex(address), type, length: wordsShown }, objectName(type, address));
}

/** A task: all that plugins say of one, then the struct itself. */
async function* openTask(kernel: Kernel, registry: Registry, address: bigint): AsyncGenerator<AnswerPiece, void> {
  const task = kernel.ref('task_struct', address);
  const pid = kernel.attempt('task_struct.pid', () => task.pid);
  yield { title: taskLabel(kernel, task), command: objectName('struct task_struct', address).command, events: [] };
  const gaps: Gap[] = [];
  for (const id of pid === undefined || pid === 0 ? [] : registry.ids) {
    const plugin = await registry.load(id).catch(() => undefined);
    if (plugin === undefined) continue;
    const argument = Object.keys(plugin.arguments).find((name) => /^(?:task|tasks|pid|pids)$/.test(name));
    if (argument === undefined) continue;
    const { type, multiple } = plugin.arguments[argument]!;
    const value = type === 'integer' ? pid! : String(pid);
    const values = { ...defaultValues(plugin.flags, plugin.arguments), ...('threads' in plugin.flags ? { threads: true } : {}), [argument]: multiple ? [value] : value } as OptionValues;
    yield { events: [...runEvents(kernel, plugin, values, limits)].flatMap((event) => withoutEnd(event, gaps)) };
  }
  const events = [...runEvents(kernel, readPlugin, { where: hex(address), type: 'struct task_struct', length: wordsShown }, limits)];
  yield { events: [...events.flatMap((event) => withoutEnd(event, gaps)), { kind: 'end', outcome: endOf(events), gaps }] };
}

function withoutEnd(event: RunEvent, gaps: Gap[]): RunEvent[] {
  if (event.kind !== 'end') return [event];
  gaps.push(...event.gaps);
  return [];
}

function endOf(events: readonly RunEvent[]): Outcome {
  const end = events.find((event) => event.kind === 'end');
  return end?.outcome ?? { kind: 'done' };
}

/** @throws InputError where the question itself is wrong, before anything is yielded */
function* run(kernel: Kernel, plugin: Plugin, values: OptionValues, name: { title: string; command: string }): Generator<AnswerPiece, void> {
  let named = false;
  for (const event of runEvents(kernel, plugin, values, limits)) {
    if (!named && event.kind === 'end' && event.outcome.kind === 'unavailable') throw new InputError(event.outcome.reason);
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

function hex(address: bigint): string {
  return `0x${BigInt.asUintN(64, address).toString(16)}`;
}
