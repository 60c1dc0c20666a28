import { describe, expect, test } from 'vitest';

import info from '../../plugins/info/index.js';
import list from '../../plugins/list/index.js';
import log from '../../plugins/log/index.js';
import ps from '../../plugins/ps/index.js';
import read from '../../plugins/read/index.js';
import struct from '../../plugins/struct/index.js';
import sym from '../../plugins/sym/index.js';
import zones from '../../plugins/zones/index.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { candidatesFor, gatherNames, type Names } from '../../src/tui/data/candidates.js';
import { toyTasks } from '../linux/toy-tasks.js';

const commands = { log, ps, zones, info, read, list, struct, sym };
function namesOf(kernel: Kernel): Names {
  const steps = gatherNames(kernel);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
const texts = (line: string, kernel?: Kernel): string[] =>
  candidatesFor(kernel === undefined ? undefined : namesOf(kernel), commands, line).map(({ text }) => text);

describe('before the dump is open', () => {
  test('commands; one that needs an argument with the blank before it', () => {
    expect(texts('')).toEqual(['log', 'ps', 'zones', 'info', 'read ', 'list ', 'struct ', 'sym ']);
    expect(texts('l')).toEqual(['log', 'list ']);
  });

  test('flags of a command, and the values of one that has a choice', () => {
    expect(texts('log --')).toEqual(['log --level ', 'log --grep ', 'log --limit ']);
    expect(texts('log --level e')).toEqual(['log --level emerg', 'log --level err']);
    expect(texts('log -l w')).toEqual(['log -l warn']);
    expect(texts('log --level=w')).toEqual(['log --level=warn']);
    expect(texts('log --limit ')).toEqual([]);
  });

  test('what is no command has no names yet', () => {
    expect(texts('jiff')).toEqual([]);
    expect(texts('nosuch --')).toEqual([]);
  });
});

describe('of a dump', () => {
  const kernel = toyTasks({ a: { pid: 1, comm: 'init' }, b: { pid: 52, comm: 'a.out' }, c: { pid: 53, comm: 'a.sh' } });

  test('tasks by name and by pid, everywhere that a task may stand', () => {
    expect(texts('a.', kernel)).toEqual(['pid 52', 'pid 53']);
    expect(texts('5', kernel)).toEqual(['pid 52', 'pid 53']);
    expect(texts('ps --tree a.o', kernel)).toEqual(['ps --tree 52']);
    expect(texts('pid 5', kernel)).toEqual(['pid 52', 'pid 53']);
  });

  test('types where a type is asked for, symbols where a place is', () => {
    expect(texts('struct task_str', kernel)).toEqual(['struct task_struct ']);
    expect(texts('read 0x10 --type task_str', kernel)).toEqual(['read 0x10 --type task_struct ']);
    expect(texts('sym init_ta', kernel)).toEqual(texts('init_ta', kernel).map((text) => `sym ${text}`));
  });
});
