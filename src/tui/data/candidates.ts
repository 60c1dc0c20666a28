import { listVariables } from '../../../symbols/lists.js';
import { processes } from '../../linux/sched/tasks.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Declaration } from '../../plugin/define-plugin.js';
import type { Candidate } from '../state/state.js';

/** So many of one kind are offered; with one more letter there are others. */
const mostOfAKind = 20;

/** The names of a dump, each once and in no order: they are asked with each letter that is typed. */
export interface Names {
  symbols: ReadonlySet<string>;
  variables: ReadonlySet<string>;
  structs: ReadonlySet<string>;
  tasks: readonly { pid: number; comm: string }[];
}

/** Commands by name, those of plugins and those that read the dump as it is. */
export type Commands = Readonly<Record<string, Declaration>>;

/**
 * Ways to go on with a line that is typed at the prompt: commands, tasks, types, symbols; within a command its flags
 * and arguments.
 */
export function candidatesFor(names: Names | undefined, commands: Commands, line: string): Candidate[] {
  const [, before = '', word = ''] = /^(.*?)(\S*)$/s.exec(line) ?? [];
  const [first, ...rest] = before.split(' ').filter((one) => one !== '');
  const whole = (candidates: readonly Candidate[]): Candidate[] =>
    candidates.map((one) => ({ ...one, text: before + one.text }));
  if (first === undefined) {
    if (word === '') return commandCandidates(commands, '');
    return [
      ...commandCandidates(commands, word),
      ...(names === undefined
        ? []
        : [...taskCandidates(names, word), ...structCandidates(names, word, ' '), ...symbolCandidates(names, word)]),
    ];
  }
  const plugin = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (plugin !== undefined) return whole(inCommand(names, plugin, rest, word));
  if (names === undefined) return [];
  if (first === 'pid')
    return whole(taskCandidates(names, word).map((one) => ({ ...one, text: one.text.replace('pid ', '') })));
  return whole(symbolCandidates(names, word, 'variables'));
}

function commandCandidates(commands: Commands, start: string): Candidate[] {
  return Object.entries(commands)
    .filter(([id]) => id.startsWith(start))
    .map(([id, { summary, arguments: args }]) => ({
      text: Object.values(args).some(({ required }) => required) ? `${id} ` : id,
      label: id,
      kind: 'command',
      about: summary,
    }));
}

function inCommand(names: Names | undefined, plugin: Declaration, rest: readonly string[], word: string): Candidate[] {
  const flags = Object.entries(plugin.flags);
  const last = rest.at(-1) ?? '';
  const open = flags.find(
    ([name, { type, char }]) => type !== 'boolean' && (last === `--${name}` || last === `-${char}`),
  );
  const [, attached] = /^--([\w-]+)=/.exec(word) ?? [];
  const [name, flag] = open ?? flags.find(([long]) => long === attached) ?? [];
  if (name !== undefined && flag !== undefined) {
    const lead = attached === undefined ? '' : `--${attached}=`;
    return valueCandidates(
      names,
      plugin.id,
      flag.type === 'string' ? flag.options : undefined,
      name,
      word.slice(lead.length),
    ).map((one) => ({ ...one, text: lead + one.text }));
  }
  if (word.startsWith('-')) {
    return flags
      .map(([long, { summary, type }]) => ({
        text: `--${long}${type === 'boolean' ? '' : ' '}`,
        label: `--${long}`,
        kind: 'flag',
        about: summary,
      }))
      .filter(({ label }) => label.startsWith(word));
  }
  // Which argument it is: words that are neither flags nor their values have been given before it.
  const given = rest.filter(
    (one, at) =>
      !one.startsWith('-') &&
      !flags.some(
        ([long, { type, char }]) => type !== 'boolean' && (rest[at - 1] === `--${long}` || rest[at - 1] === `-${char}`),
      ),
  );
  const args = Object.entries(plugin.arguments);
  const [argument, declared] = args[given.length] ?? (args.at(-1)?.[1].multiple ? args.at(-1)! : []);
  if (argument === undefined) return word === '' ? inCommand(names, plugin, rest, '-') : [];
  const values = valueCandidates(names, plugin.id, declared?.options, argument, word);
  return word === '' ? [...inCommand(names, plugin, rest, '-'), ...values] : values;
}

/** By what a flag or an argument is called: where, type, task. */
function valueCandidates(
  names: Names | undefined,
  plugin: string,
  options: readonly string[] | undefined,
  name: string,
  word: string,
): Candidate[] {
  if (options !== undefined)
    return options.filter((option) => option.startsWith(word)).map((text) => ({ text, label: text, kind: 'value' }));
  if (names === undefined) return [];
  if (name === 'type') return structCandidates(names, word, ' ');
  if (/^(?:task|pid)s?$/.test(name))
    return taskCandidates(names, word).map((one) => ({ ...one, text: one.text.replace('pid ', '') }));
  if (name === 'where')
    return word === ''
      ? Object.keys(listVariables).map((text) => ({ text, label: text, kind: 'list' }))
      : symbolCandidates(names, word, plugin === 'sym' ? 'symbols' : 'variables');
  return [];
}

function taskCandidates(names: Names, start: string): Candidate[] {
  const found = names.tasks.filter(({ pid, comm }) => comm.startsWith(start) || String(pid).startsWith(start));
  return found
    .slice(0, mostOfAKind)
    .map(({ pid, comm }) => ({ text: `pid ${pid}`, label: comm, kind: 'task', about: `pid ${pid}` }));
}

function structCandidates(names: Names, start: string, after: string): Candidate[] {
  return startingWith(names.structs, start).map((name) => ({ text: name + after, label: name, kind: 'struct' }));
}

/** Functions have no object: where one is asked for, variables only. */
function symbolCandidates(names: Names, start: string, of: 'symbols' | 'variables' = 'symbols'): Candidate[] {
  return startingWith(names[of], start).map((name) => ({ text: name, label: name, kind: 'symbol' }));
}

/** The first in order. Of some 100,000 names the few that fit are found sooner than all are sorted. */
function startingWith(names: Iterable<string>, start: string): string[] {
  if (start === '') return [];
  const found: string[] = [];
  for (const name of names) if (name.startsWith(start)) found.push(name);
  return found.toSorted(byCode).slice(0, mostOfAKind);
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Gathers the names of a dump in small steps: whoever takes them can do something else in between. */
export function* gatherNames(kernel: Kernel): Generator<undefined, Names> {
  const symbols = new Set<string>();
  const variables = new Set<string>();
  let steps = 0;
  for (const { name, type } of kernel.symbols) {
    symbols.add(name);
    if (/^[dbrv]$/i.test(type)) variables.add(name);
    if (++steps % namesAStep === 0) yield;
  }
  const structs = new Set<string>();
  for (const name of kernel.types.structNames()) {
    structs.add(name);
    if (++steps % namesAStep === 0) yield;
  }
  yield;
  const tasks: { pid: number; comm: string }[] = [];
  for (const task of kernel.attempt('tasks', () => processes(kernel)) ?? []) {
    const known = kernel.attempt('task_struct.comm', () => ({ pid: task.pid, comm: task.comm }));
    if (known !== undefined) tasks.push(known);
    if (++steps % namesAStep === 0) yield;
  }
  return { symbols, variables, structs, tasks };
}

/** They take a few milliseconds. */
const namesAStep = 256;
