import { listVariables } from '../../../symbols/lists.js';
import { processes } from '../../linux/sched/tasks.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Declaration } from '../../plugin/define-plugin.js';
import type { Candidate } from '../state/state.js';

/** So many of one kind are offered; with one more letter there are others. */
const mostOfAKind = 20;

/** What the names of a dump are, sorted: made at the first question, and asked with each letter that is typed. */
interface Names {
  symbols: readonly string[];
  variables: readonly string[];
  structs: readonly string[];
  tasks: readonly { pid: number; comm: string }[];
}

const namesKnown = new WeakMap<Kernel, Names>();

/** Commands by name, those of plugins and those that read the dump as it is. */
export type Commands = Readonly<Record<string, Declaration>>;

/**
 * Ways to go on with a line that is typed at the prompt: commands, tasks, types, symbols; within a command its flags
 * and arguments.
 */
export function candidatesFor(kernel: Kernel | undefined, commands: Commands, line: string): Candidate[] {
  const [, before = '', word = ''] = /^(.*?)(\S*)$/s.exec(line) ?? [];
  const [first, ...rest] = before.split(' ').filter((one) => one !== '');
  const whole = (candidates: readonly Candidate[]): Candidate[] =>
    candidates.map((one) => ({ ...one, text: before + one.text }));
  if (first === undefined) {
    if (word === '') return commandCandidates(commands, '');
    return [
      ...commandCandidates(commands, word),
      ...(kernel === undefined
        ? []
        : [...taskCandidates(kernel, word), ...structCandidates(kernel, word, ' '), ...symbolCandidates(kernel, word)]),
    ];
  }
  const plugin = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (plugin !== undefined) return whole(inCommand(kernel, plugin, rest, word));
  if (kernel === undefined) return [];
  if (first === 'pid')
    return whole(taskCandidates(kernel, word).map((one) => ({ ...one, text: one.text.replace('pid ', '') })));
  return whole(symbolCandidates(kernel, word, 'variables'));
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

function inCommand(
  kernel: Kernel | undefined,
  plugin: Declaration,
  rest: readonly string[],
  word: string,
): Candidate[] {
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
      kernel,
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
  if (argument === undefined) return word === '' ? inCommand(kernel, plugin, rest, '-') : [];
  const values = valueCandidates(kernel, plugin.id, declared?.options, argument, word);
  return word === '' ? [...inCommand(kernel, plugin, rest, '-'), ...values] : values;
}

/** By what a flag or an argument is called: where, type, task. */
function valueCandidates(
  kernel: Kernel | undefined,
  plugin: string,
  options: readonly string[] | undefined,
  name: string,
  word: string,
): Candidate[] {
  if (options !== undefined)
    return options.filter((option) => option.startsWith(word)).map((text) => ({ text, label: text, kind: 'value' }));
  if (kernel === undefined) return [];
  if (name === 'type') return structCandidates(kernel, word, ' ');
  if (/^(?:task|pid)s?$/.test(name))
    return taskCandidates(kernel, word).map((one) => ({ ...one, text: one.text.replace('pid ', '') }));
  if (name === 'where')
    return word === ''
      ? Object.keys(listVariables).map((text) => ({ text, label: text, kind: 'list' }))
      : symbolCandidates(kernel, word, plugin === 'sym' ? 'symbols' : 'variables');
  return [];
}

function taskCandidates(kernel: Kernel, start: string): Candidate[] {
  const found = namesOf(kernel).tasks.filter(
    ({ pid, comm }) => comm.startsWith(start) || String(pid).startsWith(start),
  );
  return found
    .slice(0, mostOfAKind)
    .map(({ pid, comm }) => ({ text: `pid ${pid}`, label: comm, kind: 'task', about: `pid ${pid}` }));
}

function structCandidates(kernel: Kernel, start: string, after: string): Candidate[] {
  return startingWith(namesOf(kernel).structs, start).map((name) => ({
    text: name + after,
    label: name,
    kind: 'struct',
  }));
}

/** Functions have no object: where one is asked for, variables only. */
function symbolCandidates(kernel: Kernel, start: string, of: 'symbols' | 'variables' = 'symbols'): Candidate[] {
  return startingWith(namesOf(kernel)[of], start).map((name) => ({ text: name, label: name, kind: 'symbol' }));
}

function namesOf(kernel: Kernel): Names {
  let names = namesKnown.get(kernel);
  if (names === undefined) {
    const symbols = [...kernel.symbols];
    names = {
      symbols: [...new Set(symbols.map(({ name }) => name))].toSorted(byCode),
      variables: [...new Set(symbols.filter(({ type }) => /^[dbrv]$/i.test(type)).map(({ name }) => name))].toSorted(
        byCode,
      ),
      structs: [...new Set(kernel.types.structNames())].toSorted(byCode),
      tasks: (kernel.attempt('tasks', () => processes(kernel)) ?? []).flatMap(
        (task) => kernel.attempt('task_struct.comm', () => [{ pid: task.pid, comm: task.comm }]) ?? [],
      ),
    };
    namesKnown.set(kernel, names);
  }
  return names;
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function startingWith(sorted: readonly string[], start: string): string[] {
  if (start === '') return [];
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < start) low = middle + 1;
    else high = middle;
  }
  const found: string[] = [];
  for (let at = low; at < sorted.length && found.length < mostOfAKind && sorted[at]!.startsWith(start); at++)
    found.push(sorted[at]!);
  return found;
}
