import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import protocols from '../../examples/protocols.js';
import { perCpu, to, toyKernel, type ToyKernel } from '../../src/testing/index.js';
import type { View } from '../../src/words/views.js';
import { build, oompm, projectRoot } from '../built.js';
import { dumpFile } from '../dumps.js';

const dump = dumpFile('6.1-global-panic/vmcore')!;
beforeAll(build);

interface Node {
  cells: Record<string, unknown>;
  children: Node[];
}
interface Report {
  sections: {
    plugin: string;
    gaps: unknown[];
    views: { bars: unknown; rows: Node[]; roots: Node[]; total: number; note: string }[];
  }[];
}

/** What the example of that name says, with nothing that could not be read. */
async function section(words: readonly string[], file: string): Promise<Report['sections'][number]> {
  const { code, stdout, stderr } = await oompm([
    ...words,
    '--plugin',
    join(projectRoot, 'examples', file),
    '--format',
    'json',
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const found = (JSON.parse(stdout) as Report).sections.find(({ plugin }) => file.startsWith(`${plugin}.`))!;
  expect(found.gaps).toEqual([]);
  return found;
}

test('page-cache: the parts are the files’ sum, and the largest are named', async () => {
  const { views } = await section(['page-cache', dump, '--limit', '3'], 'page-cache.ts');
  expect(views[0]).toMatchObject({ bars: [{ label: 'rootfs', value: 1784, kind: 'file' }], total: 1784 });
  expect(views[1]!.rows.map(({ cells }) => cells)).toEqual([
    { pages: 1024, filesystem: 'rootfs', path: '/run/cache' },
    { pages: 484, filesystem: 'rootfs', path: '/bin/busybox' },
    { pages: 189, filesystem: 'rootfs', path: '/bin/hog' },
  ]);
  expect(views[1]!.note).toBe('3 more files have pages; --limit shows them.');
});

describe('commands', () => {
  test('of a dump, the heaviest first, with its processes', async () => {
    const { views } = await section(['commands', dump], 'commands.js');
    const [first] = views[0]!.roots;
    expect(first!.cells).toEqual({ command: 'a.out', pid: null, count: 1, rss: first!.children[0]!.cells['rss'] });
    expect(first!.children[0]!.cells).toMatchObject({ command: 'a.out', pid: 52, count: null });
    expect(first!.cells['rss']).toBeGreaterThan(17_000);
  });

  test('of the log that the same kernel printed', async () => {
    const { views } = await section(
      ['explain', join(projectRoot, 'fixtures/6.1-global-panic/kernel.log')],
      'commands.js',
    );
    expect(views[0]!.roots[0]!.cells).toMatchObject({ command: 'a.out', count: 1 });
    expect(views[0]!.roots.length).toBeGreaterThan(8);
  });
});

describe('protocols', () => {
  test('of a dump', async () => {
    const { views } = await section(['protocols', dump], 'protocols.ts');
    expect(views.map(({ rows }) => rows.map(({ cells }) => cells['name']))).toEqual([
      ['UNIX-STREAM', 'UNIX', 'NETLINK'],
    ]);
  });

  const machine = (allocated: bigint): ToyKernel =>
    toyKernel({
      types: `
        struct percpu_counter { s64 count; int *counters; };
        struct proto { struct list_head node; char name[32]; long *memory_allocated;
          struct percpu_counter *sockets_allocated; long *sysctl_mem; };`,
      variables: {
        proto_list: { type: 'struct list_head' },
      },
      objects: {
        sockets: { type: 'struct percpu_counter', value: { count: 5n, counters: perCpu(3, -1) } },
        pages: { type: 'long[1]', value: [allocated] },
        limits: { type: 'long[3]', value: [100n, 150n, 200n] },
        tcp: {
          type: 'struct proto',
          value: {
            name: 'TCP',
            memory_allocated: to('pages'),
            sockets_allocated: to('sockets'),
            sysctl_mem: to('limits'),
          },
        },
        raw: { type: 'struct proto', value: { name: 'RAW' } },
      },
      lists: [['proto_list', 'tcp.node', 'raw.node']],
      cpus: 2,
    });
  const viewsOf = (allocated: bigint): View[] => [...protocols.run(machine(allocated), {})];
  const rowsOf = (view: View | undefined): unknown[] =>
    view?.kind === 'table' ? [...view.rows].map(({ cells }) => cells) : [];

  test('counts sockets over all CPUs, and tells a protocol that counts nothing from one that has none', () => {
    const [table, ...more] = viewsOf(200n);
    expect(more).toEqual([]);
    expect(rowsOf(table)).toEqual([
      { name: 'TCP', sockets: 7, memory: 200, limit: 200 },
      { name: 'RAW', sockets: null, memory: null, limit: null },
    ]);
  });

  test('finds one that is over its limit, not one that is at it', () => {
    expect(viewsOf(201n)[1]).toMatchObject({
      kind: 'findings',
      findings: [{ id: 'protocols.over-limit', certainty: 'certain', subject: { kind: 'other', name: 'TCP' } }],
    });
  });

  test('a counter that fell below zero is none, as the kernel shows it', () => {
    expect(rowsOf(viewsOf(-3n)[0])[0]).toMatchObject({ name: 'TCP', memory: 0 });
  });
});
