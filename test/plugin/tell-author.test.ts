import { expect, test } from 'vitest';
import {
  columns,
  definePlugin,
  fact,
  facts,
  readOrGap,
  table,
  tree,
  type Kernel,
  type StructName,
  type View,
} from 'oompm';
import { perCpu, toyKernel } from 'oompm/testing';
import { isLack } from '../../src/kernel/gaps.js';
import { runPlugin } from '../../src/plugin/run-plugin.js';
import { defaultLimits, type Section } from '../../src/plugin/section.js';
import { AuthorsWords } from '../../src/plugin/tell-author.js';

const kernel = toyKernel({
  types: `
    struct task_struct { int pid; };
    struct proto { char name[8]; const char *label; s64 *total; long limit; };
    struct hrtimer { int a; };`,
  objects: {
    tcp: { type: 'struct proto', value: { label: 'tcp', total: perCpu(1), limit: -1 } },
    lost: { type: 'struct proto' },
  },
  variables: { nr_threads: { type: 'int' }, init_task: { type: 'struct task_struct' }, tcp_memory: { type: 'long' } },
  overwrite: { 'tcp.label': 0x7000n, 'tcp.total': 0x100000n },
  lost: ['lost', 'nr_threads'],
});

const proto = {
  struct: 'proto',
  members: { name: 'char[]', label: 'char *', total: { type: 's64 *', percpu: true }, limit: 'u64' },
} as const;

/** What a plugin whose `run` does that tells; a user's, or one of ours. */
function ran(work: (kernel: Kernel) => unknown, isUsers = true, needs: readonly string[] = []): Section {
  const plugin = definePlugin({
    id: 'mine',
    summary: 'Mine',
    needs: needs as readonly StructName[],
    *run(): Generator<View> {
      yield facts('F', [fact('a', 'A', 'text', String(work(kernel)))]);
    },
  });
  return runPlugin(kernel, plugin, {}, defaultLimits, isUsers, isUsers ? new AuthorsWords(kernel) : undefined);
}

function reasonOf(work: (kernel: Kernel) => unknown, isUsers = true): string | undefined {
  const { outcome } = ran(work, isUsers);
  return outcome.kind === 'done' ? undefined : outcome.reason;
}

const gone = /: no memory at this address in the dump$|: page excluded from the dump$|: not mapped/.source;

test.each<[what: string, work: (kernel: Kernel) => unknown]>([
  ['`proto.name`', (k) => k.ref(proto, kernel.addressOf('lost')).name],
  // The pointer was read, and its text not.
  ['`proto.label`', (k) => k.ref(proto, kernel.addressOf('tcp')).label],
  ['what `proto.total` points to', (k) => k.perCpu(k.ref(proto, kernel.addressOf('tcp')).total, 0)],
  ['the variable `nr_threads`', (k) => k.global('nr_threads')],
])('%s is named where it can’t be read', (what, work) => {
  expect(reasonOf(work)).toMatch(new RegExp(`^reading ${what}: 0x\\w+${gone}`));
  // A report of ours names a gap itself.
  expect(reasonOf(work, false)).toMatch(new RegExp(`^0x\\w+${gone}`));
});

test('a number that is past what a count can be has its name too', () => {
  const counted = { struct: 'proto', members: { limit: 'unsigned long' } } as const;
  const big = toyKernel({
    types: 'struct proto { unsigned long limit; };',
    objects: { a: { type: 'struct proto', value: { limit: 2n ** 60n } } },
  });
  const words = new AuthorsWords(big);
  const error = (() => {
    try {
      return big.ref(counted, big.addressOf('a')).limit;
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(words.reason(error as never)).toMatch(/^reading `proto\.limit`: 0x\w+: 1152921504606846976 is past what/);
});

test('a gap says what was read, unless its own name does', () => {
  const { gaps } = ran((k) => {
    k.attempt('how much', () => k.ref(proto, kernel.addressOf('lost')).name);
    k.attempt('proto.name', () => k.ref(proto, kernel.addressOf('lost')).name);
    k.attempt('bare', () => k.memory.u64(0x1000n));
  });
  expect(gaps.map(({ what, reason }) => `${what}: ${reason.replace(/0x\w+/, 'X').replace(/X: .*/, 'X')}`)).toEqual([
    'how much: reading `proto.name`: X',
    'proto.name: X',
    'bare: X',
  ]);
});

test.each<[work: (kernel: Kernel) => unknown, sentence: string]>([
  [(k) => k.symbolNamed('tcp_memroy'), 'this kernel has no symbol `tcp_memroy`; did you mean tcp_memory?'],
  [(k) => k.symbol('init_tsak' as 'init_task'), 'this kernel has no symbol `init_tsak`; did you mean init_task?'],
  [(k) => k.global('nr_thraeds' as 'nr_threads'), 'so its type is not known; did you mean nr_threads?'],
  [
    (k) => k.global('tcp_memory' as 'nr_threads'),
    "oompm declares no variable `tcp_memory`, so its type is not known; kernel.symbolNamed('tcp_memory') gives its address",
  ],
  [(k) => k.sizeNamed('hrtmier'), 'this kernel has no `struct hrtmier` in its types; did you mean hrtimer?'],
  [(k) => k.ref('tsak_struct' as 'task_struct', 0n), '`struct tsak_struct` in its types; did you mean task_struct?'],
  [(k) => k.offsetNamed('proto', 'lable'), '`struct proto` has no member `lable` in this kernel; did you mean label?'],
  [
    (k) => k.ref({ struct: 'proto', members: { nmae: 'char[]' } }, 0n)['nmae'],
    '`struct proto` has no member `nmae` in this kernel; did you mean name?',
  ],
])('the nearest name is told: %s', (work, sentence) => {
  expect(reasonOf(work)).toContain(sentence);
});

test('one that oompm declares is not misspelt: this kernel has none, whatever is near', () => {
  expect(reasonOf((k) => k.global('nr_node_ids'))).toBe('this kernel has no variable `nr_node_ids`');
  expect(reasonOf((k) => k.ref('inode', 0n))).toBe('this kernel has no `struct inode` in its types');
  // In a report of ours, a name near to it would be noise.
  expect(reasonOf((k) => k.symbolNamed('tcp_memroy'), false)).toBe('this kernel has no symbol `tcp_memroy`');
});

test('a gap in a cell is named below the section too, with what was meant; one of ours is not', () => {
  const list = columns([{ key: 'a', title: 'A', type: 'symbol' }]);
  const cell = readOrGap('tcp', () => kernel.symbolNamed('tcp_memroy'));
  const lost = readOrGap('proto.name', () => kernel.ref(proto, kernel.addressOf('lost')).name);
  const view = tree('T', list, [{ cells: { a: null }, children: [{ cells: { a: cell }, children: [] }] }]);
  const plugin = definePlugin({
    id: 'mine',
    summary: 'Mine',
    *run() {
      yield view;
      yield table('Lost', list, [{ cells: { a: lost } }, { cells: { a: lost } }]);
    },
  });
  const { gaps } = runPlugin(kernel, plugin, {}, defaultLimits, true, new AuthorsWords(kernel));
  expect(gaps.map(({ what, reason }) => `${what}: ${reason.replace(/0x\w+: .*/, 'X')}`)).toEqual([
    'tcp: this kernel has no symbol `tcp_memroy`; did you mean tcp_memory?',
    'proto.name: X',
  ]);
  expect(gaps.map(isLack)).toEqual([true, false]);
  expect(runPlugin(kernel, plugin, {}).gaps).toEqual([]);
});

test('in gaps, where the kernel still lacks it, and in needs', () => {
  const { gaps } = ran((k) => k.attempt('tcp', () => k.symbolNamed('tcp_memroy')));
  expect(gaps.map(({ reason }) => reason)).toEqual([
    'this kernel has no symbol `tcp_memroy`; did you mean tcp_memory?',
  ]);
  expect(gaps.map(isLack)).toEqual([true]);
  expect(ran(() => 1, true, ['porto']).outcome).toEqual({
    kind: 'unavailable',
    fault: 'kernel',
    reason: 'this kernel has no `struct porto` in its types; did you mean proto?',
  });
});
