import { beforeAll, describe, expect, test } from 'vitest';
import { build, oompm } from '../built.js';
import { dumpFile } from '../dumps.js';

beforeAll(build);

const dump = dumpFile('6.1-global-panic/vmcore')!;
const comms = async (...words: string[]): Promise<string[]> =>
  [...(await oompm(['list', dump, ...words])).stdout.matchAll(/^ *\d+ +0xffff.*"(.+)"$/gm)].map(([, comm]) => comm!);

describe('the list of all tasks', () => {
  test('by the member of init_task that heads it', async () => {
    expect(await comms('init_task.tasks')).toEqual(expect.arrayContaining(['init', 'kthreadd', 'a.out']));
  });

  test('by init_task, which is an element', async () => {
    expect(await comms('init_task', '--link', 'task_struct.tasks')).toEqual(await comms('init_task.tasks'));
  });

  test('a head that is no element is one', async () => {
    expect((await comms('slab_caches', '--link', 'kmem_cache.list')).length).toBeGreaterThan(50);
  });

  test('a wrong word is the user’s slip, and has the nearest', async () => {
    for (const [words, told] of [
      [['init_task.taskz'], 'list: `struct task_struct` has no member `taskz` in this kernel; did you mean tasks?'],
      [
        ['init_tas.tasks'],
        'list: init_tas.tasks is neither an address in hexadecimal nor a symbol of this kernel; did you mean init_task?',
      ],
      [
        ['slab_caches', '--link', 'kmem_cache.lst'],
        'list: `struct kmem_cache` has no member `lst` in this kernel; did you mean list?',
      ],
      [
        ['init_task.tasks', '--link', 'task_struct.sibling_'],
        'list: `struct task_struct` has no member `sibling_` in this kernel; did you mean sibling?',
      ],
      [['slab_caches', '--link', 'kmem_cach.list'], 'have no kmem_cach; did you mean kmem_cache?'],
    ] as [string[], string][])
      expect(await oompm(['list', dump, ...words])).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(told) as string,
      });
    expect(await oompm(['struct', dump, 'zone._watermark'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('have no zone._watermark; its members are shown by zone alone') as string,
    });
    expect(await oompm(['struct', dump, 'zon._watermark'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('; did you mean zone?') as string,
    });
    for (const [typed, meant] of [
      ['zone_typ', 'zone_type'],
      ['struct zone_type', 'zone_type'],
      ['gfp_tt', 'gfp_t'],
    ] as const) {
      expect(await oompm(['struct', dump, typed])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`have no ${typed}; did you mean ${meant}?`) as string,
      });
    }
  });

  test('a member that is not there, and a variable of which no type is known', async () => {
    expect((await oompm(['list', dump, 'init_task.taskz'])).stderr).toContain(
      'has no member `taskz` in this kernel; did you mean tasks?',
    );
    expect((await oompm(['list', dump, 'nosuch.tasks'])).stderr).toContain('nosuch.tasks is neither an address');
    expect((await oompm(['list', dump, 'jiffies.tasks'])).stderr).toContain(
      'jiffies.tasks: nothing says what struct jiffies is; give the head',
    );
  });
});
