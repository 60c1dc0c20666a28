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

  test('a member that is not there, and a variable of which no type is known', async () => {
    expect((await oompm(['list', dump, 'init_task.taskz'])).stderr).toContain('has no member `taskz` in this kernel; did you mean tasks?');
    expect((await oompm(['list', dump, 'nosuch.tasks'])).stderr).toContain('nosuch.tasks is neither an address');
    expect((await oompm(['list', dump, 'jiffies.tasks'])).stderr).toContain('jiffies.tasks: nothing says what struct jiffies is; give the head');
  });
});
