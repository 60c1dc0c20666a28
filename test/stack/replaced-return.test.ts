import { describe, expect, test } from 'vitest';
import { ptRegs, to, toyCode, words, type MemoryPiece, type ToyFunction } from 'oompm/testing';

import { codePlace } from '../../src/stack/code.js';
import { codeAddressOf } from '../../src/arch/stack/frame.js';
import { cpuStack } from '../../src/stack/stacks.js';
import { returnText } from '../../src/oops/symbol-text.js';
import { BOTTOM, returnSlot, toyMachine, type ToyCpu, type ToyMachineOptions } from './toy-machine.js';

const functions = {
  inner: {},
  middle: { code: [{ call: 'inner' }] },
  outer: { code: [{ call: 'middle' }] },
  bottom: { ...BOTTOM, code: [{ call: 'outer' }] },
  return_to_handler: {},
  arch_rethook_trampoline: {},
  kretprobe_trampoline: {},
} satisfies Record<string, ToyFunction>;
const code = toyCode(functions);
const inner = code.returnTo('middle', 'inner');
const middle = code.returnTo('outer', 'middle');

/** `replaced`: by the index of the return address. */
function stackWith(replaced: Readonly<Record<number, keyof typeof functions>>, { task = {}, ...more }: Tracer) {
  const memory = Object.entries(replaced).map(([index, name]): MemoryPiece =>
    words(returnSlot(0, Number(index)), code.at(name)),
  );
  const kernel = toyMachine(
    functions,
    [{ comm: 'traced', pid: 100, segments: [{ calls: ['inner', 'middle', 'outer', 'bottom'] }], task }],
    { ...more, memory },
  );
  const stack = cpuStack(kernel, 0);
  return {
    stack,
    names: stack.frames.map((frame) =>
      [codePlace(kernel, codeAddressOf(frame))?.function, ...(frame.trampolines ?? [])].join(' by '),
    ),
  };
}

/** What a tracer keeps in types, tasks and memory. */
type Tracer = ToyMachineOptions & { readonly task?: ToyCpu['task'] };

const hooks =
  'struct llist_node { struct llist_node *next; }; struct llist_head { struct llist_node *first; }; struct rethook_node { struct llist_node llist; unsigned long ret_addr, frame; };';
/** The tracer's own entry of one replaced return. */
const graphTypes = 'struct ftrace_ret_stack { unsigned long ret, func; unsigned long *retp; };';

describe('a trampoline that ftrace made for one tracer', () => {
  const COPY = 0xffffffffc0001000n;
  const tracing = (ops: Readonly<Record<string, bigint>>) => {
    const traced = {
      handler: {},
      ftrace_caller: { orc: { type: 'end of stack' as const } },
      ftrace_regs_caller: { code: [{ call: 'handler' }], orc: { spOffset: 24 } },
      leaf: { code: [{ call: 'ftrace_regs_caller' }] },
      bottom: { ...BOTTOM, code: [{ call: 'leaf' }] },
    } satisfies Record<string, ToyFunction>;
    const layout = toyCode(traced);
    const kernel = toyMachine(
      traced,
      [{ comm: 'traced', pid: 100, segments: [{ calls: ['handler', 'ftrace_regs_caller', 'leaf', 'bottom'] }] }],
      {
        types:
          'struct ftrace_ops { void *func; struct ftrace_ops *next; unsigned long flags, trampoline, trampoline_size; };',
        variables: { ftrace_ops_list: { type: 'struct ftrace_ops *', value: to('ops') } },
        objects: {
          ops: {
            type: 'struct ftrace_ops',
            value: { next: to('end'), flags: 4n, trampoline: COPY, trampoline_size: 256n, ...ops },
          },
          end: { type: 'struct ftrace_ops' },
        },
        memory: [
          words(
            returnSlot(0, 0),
            COPY + 5n,
            1n,
            2n,
            layout.returnTo('leaf', 'ftrace_regs_caller'),
            layout.returnTo('bottom', 'leaf'),
          ),
        ],
      },
    );
    const stack = cpuStack(kernel, 0);
    return {
      kernel,
      stack,
      names: stack.frames
        .filter(({ found }) => found !== 'scanned')
        .map((frame) => codePlace(kernel, codeAddressOf(frame))?.function),
    };
  };

  test('is unwound as the code that it is a copy of', () => {
    const { kernel, stack, names } = tracing({});
    expect(names).toEqual(['handler', 'ftrace_trampoline', 'leaf', 'bottom']);
    // The kernel itself prints no name for it.
    expect(returnText(kernel, COPY + 5n)).toBe('0xffffffffc0001005');
    expect(returnText(kernel, stack.frames[2]!.ip)).toMatch(/^leaf\+0x/);
    expect(stack.end).toBeUndefined();
  });

  test('is no code where its size is nonsense', () => {
    const { stack, names } = tracing({ trampoline_size: 1n << 40n });
    expect(names).toEqual(['handler']);
    expect(stack.end).toMatch(/^the return address 0xffffffffc0001005 .* is not code$/);
  });
});

test('the detour of an optimised kprobe is unwound by the registers that it has saved', () => {
  const SLOT = 0xffffffffc0002000n;
  const probed = {
    optimized_callback: {},
    leaf: {},
    bottom: { ...BOTTOM, code: [{ call: 'optimized_callback' }, { call: 'leaf' }] },
  } satisfies Record<string, ToyFunction>;
  const layout = toyCode(probed);
  const regs = returnSlot(0, 1);
  const kernel = toyMachine(
    probed,
    [{ comm: 'probed', pid: 100, segments: [{ calls: ['optimized_callback', 'bottom'] }] }],
    {
      types: `
      struct kprobe_insn_page { struct list_head list; void *insns; };
      struct kprobe_insn_cache { u64 mutex; struct list_head pages; };
    `,
      variables: { kprobe_optinsn_slots: { type: 'struct kprobe_insn_cache' } },
      objects: { page: { type: 'struct kprobe_insn_page', value: { insns: SLOT } } },
      lists: [['kprobe_optinsn_slots.pages', 'page.list']],
      memory: [
        words(returnSlot(0, 0), SLOT + 0x34n),
        ptRegs(regs, { ip: layout.at('leaf', 1), sp: regs + 168n }),
        words(regs + 168n, layout.returnTo('bottom', 'leaf')),
      ],
    },
  );
  const stack = cpuStack(kernel, 0);
  expect(stack.frames.map((frame) => codePlace(kernel, codeAddressOf(frame))?.function)).toEqual([
    'optimized_callback',
    'kprobe_optinsn',
    'leaf',
    'bottom',
  ]);
  expect(stack.frames[2]).toMatchObject({ interrupted: true, entry: { user: false, address: regs } });
  expect(stack.end).toBeUndefined();
});

describe('return addresses that a tracer has put its trampoline in place of', () => {
  test('the function graph tracer keeps them on a stack of its own, from 6.11 at any word of it', () => {
    const graph = (...entries: bigint[]): Tracer => ({
      types: graphTypes,
      taskMembers: 'void *ret_stack;',
      task: { ret_stack: to('shadow') },
      objects: { shadow: { type: 'unsigned long[512]', value: [0x77n, ...entries] } },
    });
    expect(stackWith({ 0: 'return_to_handler' }, graph(inner, code.at('inner'), returnSlot(0, 0)))).toMatchObject({
      names: ['inner', 'middle by return_to_handler', 'outer', 'bottom'],
    });
    // A function that was jumped to: its own entry says the trampoline, the one before the real address.
    const jumped = graph(
      inner,
      code.at('middle'),
      returnSlot(0, 0),
      code.at('return_to_handler'),
      code.at('inner'),
      returnSlot(0, 0),
    );
    expect(stackWith({ 0: 'return_to_handler' }, jumped).names[1]).toBe('middle by return_to_handler');
  });

  test('rethook keeps a list with the task; both tracers on one function', () => {
    const hooked = stackWith(
      { 0: 'arch_rethook_trampoline', 1: 'return_to_handler' },
      {
        types: `${hooks}${graphTypes}`,
        taskMembers: 'struct llist_head rethooks; void *ret_stack;',
        task: { rethooks: { first: to('two.llist') }, ret_stack: to('shadow') },
        objects: {
          two: {
            type: 'struct rethook_node',
            value: { llist: { next: to('one.llist') }, ret_addr: middle, frame: returnSlot(0, 1) },
          },
          one: { type: 'struct rethook_node', value: { ret_addr: inner, frame: returnSlot(0, 0) } },
          shadow: { type: 'unsigned long[512]', value: [code.at('arch_rethook_trampoline'), 0n, returnSlot(0, 1)] },
        },
      },
    );
    expect(hooked.names).toEqual([
      'inner',
      'middle by arch_rethook_trampoline',
      'outer by return_to_handler by arch_rethook_trampoline',
      'bottom',
    ]);
    expect(hooked.stack.end).toBeUndefined();
  });

  test('kretprobes of 5.10 are in one table for all tasks', () => {
    expect(
      stackWith(
        { 1: 'kretprobe_trampoline' },
        {
          types: 'struct kretprobe_instance { struct hlist_node hlist; void *ret_addr, *fp; };',
          variables: {
            kretprobe_inst_table: {
              type: 'struct hlist_head[64]',
              value: Array.from({ length: 64 }, (_, i) => (i === 9 ? { first: to('probe') } : {})),
            },
          },
          objects: { probe: { type: 'struct kretprobe_instance', value: { ret_addr: middle, fp: returnSlot(0, 1) } } },
        },
      ).names,
    ).toEqual(['inner', 'middle', 'outer by kretprobe_trampoline', 'bottom']);
  });

  test('where none is kept, or a list goes in a circle, the trampoline is told, and the rest is scanned', () => {
    for (const kept of [
      {},
      {
        types: hooks,
        taskMembers: 'struct llist_head rethooks;',
        task: { rethooks: { first: to('one.llist') } },
        objects: {
          one: { type: 'struct rethook_node', value: { llist: { next: to('one.llist') }, ret_addr: 1n, frame: 2n } },
        },
      },
    ] satisfies Tracer[]) {
      const { stack, names } = stackWith({ 0: 'arch_rethook_trampoline' }, kept);
      expect(names.slice(0, 2)).toEqual(['inner', 'arch_rethook_trampoline']);
      expect(stack.frames.at(-1)).toBeDefined();
    }
  });
});
