import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { OrcLayout } from '../../src/arch/x86_64/stack/orc-entry.js';
import { codePlace } from '../../src/stack/code.js';
import { codeAddressOf, type Caller, type UnwoundStack } from '../../src/arch/stack/frame.js';
import { recover } from '../../src/stack/recover.js';
import { frameOf } from '../../src/arch/x86_64/stack/registers.js';
import { unwind } from '../../src/stack/unwind.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { at, irqStack, STACK, taskStack, toyStack, type ToyStackOptions } from './toy-stack.js';

const SP = STACK + 0x3000n;
const BOTTOM = { bottom: { type: 'end of stack' as const, spRegister: 'undefined' as const } };
const areas = [taskStack, irqStack];

function start(sp = SP, more: Partial<Record<'bp' | 'r10', bigint>> = {}, ip = at('inner')): Caller {
  return { ...frameOf({ ip, sp, ...more }), interrupted: true, found: 'registers' };
}

function names(kernel: Kernel, stack: UnwoundStack): string[] {
  return stack.frames.map((frame) =>
    frame.user ? 'user' : (codePlace(kernel, codeAddressOf(frame))?.function ?? '?'),
  );
}

function unwound(options: ToyStackOptions, first = start()): { kernel: Kernel; stack: UnwoundStack } {
  const kernel = toyStack(options);
  return { kernel, stack: unwind(kernel, first, areas) };
}

/** inner ← middle ← outer ← bottom, each return address right above the stack pointer. */
const chain: ToyStackOptions['words'] = [
  [SP, at('middle')],
  [SP + 8n, at('outer')],
  [SP + 16n, at('bottom')],
];

/** The last words of a pt_regs: ip, cs, flags, sp, ss. */
function iret(address: bigint, ip: bigint, cs: bigint, sp: bigint): [bigint, bigint][] {
  return [
    [address, ip],
    [address + 8n, cs],
    [address + 16n, 0x246n],
    [address + 24n, sp],
    [address + 32n, 0x18n],
  ];
}

const layouts: OrcLayout[] = ['end flag', 'signal and end flags', 'wide type', 'wide type, new registers'];

describe.each(layouts)('ORC, layout "%s", told by the entries themselves', (layout) => {
  const regs = SP + 0x100n;
  const entry = { entry: { type: 'regs' as const, spOffset: 8, signal: true } };

  test('calls, to the end of the stack', () => {
    const { kernel, stack } = unwound({ layout, orc: { ...BOTTOM, ...entry }, words: chain });
    expect(names(kernel, stack)).toEqual(['inner', 'middle', 'outer', 'bottom']);
    expect(stack.end).toBeUndefined();
    expect(stack.frames.map(({ found }) => found)).toEqual(['registers', 'unwound', 'unwound', 'unwound']);
  });

  test('registers saved at an entry, from kernel and from user mode', () => {
    const first = start(regs - 8n, {}, at('entry'));
    const inKernel = unwound(
      {
        layout,
        orc: { ...BOTTOM, ...entry },
        words: [
          ...iret(regs + 128n, at('outer'), 0x10n, SP + 0x800n),
          [regs + 32n, 0x1234n],
          [SP + 0x800n, at('bottom')],
        ],
      },
      first,
    );
    expect(names(inKernel.kernel, inKernel.stack)).toEqual(['entry', 'outer', 'bottom']);
    expect(inKernel.stack.frames[1]).toMatchObject({
      interrupted: true,
      entry: { user: false, address: regs, registers: { bp: 0x1234n } },
    });

    const inUser = unwound(
      { layout, orc: { ...BOTTOM, ...entry }, words: iret(regs + 128n, 0x401d12n, 0x33n, 0x7ffe53fb3400n) },
      first,
    );
    expect(names(inUser.kernel, inUser.stack)).toEqual(['entry', 'user']);
    expect(inUser.stack.end).toBeUndefined();
    expect(inUser.stack.frames[1]).toMatchObject({ user: true, ip: 0x401d12n });
  });

  test('an entry that has saved the last five words only keeps the other registers', () => {
    const { kernel, stack } = unwound(
      {
        layout,
        orc: { ...BOTTOM, entry: { type: 'partial regs', spOffset: 0, signal: true } },
        words: [...iret(SP, at('outer'), 0x10n, SP + 0x800n), [SP + 0x800n, at('bottom')]],
      },
      start(SP, { bp: 0x99n }, at('entry')),
    );
    expect(names(kernel, stack)).toEqual(['entry', 'outer', 'bottom']);
    expect(stack.frames[1]!.registers[6]).toBe(0x99n);
  });

  test('frames based on bp and r10, and bp restored', () => {
    const { kernel, stack } = unwound(
      {
        layout,
        orc: {
          ...BOTTOM,
          ...entry,
          inner: { spRegister: 'r10', spOffset: 8 },
          middle: { spRegister: 'bp', spOffset: 16, bpRegister: 'prev sp', bpOffset: -16 },
          outer: { spRegister: 'bp indirect', spOffset: -8 },
        },
        words: [
          [SP, at('middle')],
          [SP + 0x48n, at('outer')],
          [SP + 0x40n, SP + 0x108n],
          [SP + 0x100n, SP + 0x208n],
          [SP + 0x200n, at('bottom')],
        ],
      },
      start(SP, { r10: SP, bp: SP + 0x40n }),
    );
    expect(names(kernel, stack)).toEqual(['inner', 'middle', 'outer', 'bottom']);
  });
});

test('the header names the layout', () => {
  const orc = { ...BOTTOM, inner: { type: 'undefined' as const } };
  const hash = '137c36ad7627c4dd55932176bb0ecdbd5041fc82';
  expect(
    names(toyStack(), unwound({ layout: 'wide type, new registers', hash, orc: BOTTOM, words: chain }).stack),
  ).toEqual(['inner', 'middle', 'outer', 'bottom']);
  expect(
    unwound({ layout: 'wide type', hash: 'fe5d32bf581bd63b2ca9a5c65ba5a625eab3fe24', orc, words: chain }).stack.end,
  ).toBe('no table describes the stack within inner');
});

describe('a frame on another stack, found through the word at its stack pointer', () => {
  const irq = irqStack.high - 0x100n;
  const orc = { ...BOTTOM, inner: { spRegister: 'sp indirect' as const, spOffset: 8 } };

  test('with the offset after it (since 5.12)', () => {
    const { kernel, stack } = unwound(
      {
        orc,
        words: [[irq, SP - 8n], [SP - 8n, at('middle')], ...chain.slice(1).map(([a, v]) => [a - 8n, v] as const)],
      },
      start(irq),
    );
    expect(names(kernel, stack)).toEqual(['inner', 'middle', 'outer', 'bottom']);
    expect(stack.frames.map(({ area }) => area?.name)).toEqual([
      irqStack.name,
      'task stack',
      'task stack',
      'task stack',
    ]);
  });

  test('with the offset before it (up to 5.11)', () => {
    const { kernel, stack } = unwound({ orc, words: [[irq, 0x7n], [irq + 8n, SP + 8n], ...chain] }, start(irq));
    expect(names(kernel, stack)).toEqual(['inner', 'middle', 'outer', 'bottom']);
  });
});

describe('a kernel without ORC', () => {
  const bp = SP + 0x20n;

  test('is unwound by frame pointers, down to 0', () => {
    const { kernel, stack } = unwound(
      {
        orc: 'none',
        words: [
          [bp, bp + 0x40n],
          [bp + 8n, at('middle')],
          [bp + 0x40n, 0n],
          [bp + 0x48n, at('outer')],
        ],
      },
      start(SP, { bp }),
    );
    expect(names(kernel, stack)).toEqual(['inner', 'middle', 'outer']);
    expect(stack.frames[1]!.found).toBe('framePointer');
    expect(stack.end).toBeUndefined();
  });

  test('with an encoded pt_regs at an entry', () => {
    const regs = SP + 0x100n;
    const { kernel, stack } = unwound(
      {
        orc: 'none',
        words: [[bp, regs + 1n], [bp + 8n, at('entry')], ...iret(regs + 128n, 0x401d12n, 0x33n, 0x7ffe0000n)],
      },
      start(SP, { bp }),
    );
    expect(names(kernel, stack)).toEqual(['inner', 'entry', 'user']);
    expect(stack.frames[2]!.entry).toMatchObject({ user: true, address: regs });
  });

  test('at the first instruction of a function, where nothing is pushed yet', () => {
    const { kernel, stack } = unwound(
      {
        orc: 'none',
        words: [
          [SP, at('middle')],
          [bp, 0n],
          [bp + 8n, at('outer')],
        ],
      },
      start(SP, { bp }, at('inner', 0)),
    );
    expect(names(kernel, stack)).toEqual(['inner', 'middle', 'outer']);
  });
});

describe('a broken stack ends with the reason', () => {
  test.each<[string, ToyStackOptions, Caller, RegExp]>([
    [
      'a stack pointer below the stack',
      { orc: BOTTOM },
      start(STACK - 104n),
      /104 bytes below the task stack 0xffffc90000100000–0xffffc90000104000/,
    ],
    ['a stack pointer above the stack', { orc: BOTTOM }, start(STACK + 0x4010n), /16 bytes above the task stack/],
    [
      'a wild stack pointer',
      { orc: BOTTOM },
      start(0x4141414141414141n),
      /0x4141414141414141 is in no stack; the task stack is/,
    ],
    [
      'a return address that is no code',
      { orc: BOTTOM, words: [[SP, 0x4141414141414141n]] },
      start(),
      /return address 0x4141414141414141 .* is not code/,
    ],
    [
      'an instruction pointer that is no code',
      { orc: BOTTOM, words: chain },
      start(SP, {}, 0x1234n),
      /frame pointer is not known|0x1234 is not code/,
    ],
    [
      'a page that is not in the dump',
      { orc: BOTTOM, words: chain, lost: [SP] },
      start(),
      /page excluded from the dump/,
    ],
    [
      'an entry that says nothing',
      { orc: { inner: { type: 'undefined' } }, words: chain },
      start(),
      /no table describes the stack within inner/,
    ],
    [
      'a register that is not known',
      { orc: { inner: { spRegister: 'r13' } }, words: chain },
      start(),
      /register r13, .*, is not known/,
    ],
    [
      'a circle within a stack',
      {
        orc: { inner: { spOffset: 16 }, middle: { spOffset: -16 } },
        words: [[SP + 8n, at('middle')], [SP - 8n, at('inner')], ...chain.slice(3)],
      },
      start(),
      /has a cycle: the caller's stack pointer/,
    ],
    [
      'a circle over two stacks',
      {
        orc: { inner: { spRegister: 'sp indirect' } },
        words: [
          [SP, irqStack.low + 0x100n],
          [irqStack.low + 0x100n, at('inner')],
          [irqStack.low + 0x108n, SP + 0x100n],
          [SP + 0x100n, at('inner')],
        ],
      },
      start(),
      /has a cycle: back to the task stack/,
    ],
  ])('%s', (_, options, first, reason) => {
    const { stack } = unwound(options, first);
    expect(stack.end).toMatch(reason);
    expect(stack.brokenAfter).toBe(stack.frames.length - 1);
  });
});

describe('what stands on the stack is found again', () => {
  const call = (from: bigint, to: bigint) =>
    [from - 5n, [0xe8, ...new Uint8Array(Int32Array.of(Number(to - from)).buffer)]] as const;
  const code = [
    call(at('middle'), at('inner', 0)),
    call(at('outer'), at('middle', 0)),
    call(at('bottom'), at('outer', 0)),
  ];

  test('above a stack pointer that went astray: from behind a call of the function that was lost, passing over older words', () => {
    const words: [bigint, bigint][] = [
      [SP - 0x800n, at('outer')],
      [SP - 0x7f8n, at('bottom')],
      [SP, at('middle')],
      [SP + 8n, at('outer')],
      [SP + 16n, at('bottom')],
    ];
    const kernel = toyStack({ orc: BOTTOM, words, code });
    const broken = unwind(kernel, start(STACK - 104n), areas);
    const stack = recover(kernel, broken, areas);
    expect(names(kernel, stack)).toEqual(['inner', 'middle', 'outer', 'bottom']);
    expect(stack.frames.map(({ found }) => found)).toEqual(['registers', 'scanned', 'scanned', 'scanned']);
    expect(stack).toMatchObject({ brokenAfter: 0, end: broken.end });
  });

  test('where no chain leads to the bottom, each word behind a call is told', () => {
    const kernel = toyStack({
      orc: { middle: { type: 'undefined' }, outer: { type: 'undefined' } },
      words: [
        [SP + 0x40n, at('middle')],
        [SP + 0x80n, at('outer')],
        [SP + 0x88n, at('odd')],
      ],
      code,
    });
    const stack = recover(kernel, unwind(kernel, start(SP + 8n), areas), areas);
    expect(names(kernel, stack)).toEqual(['inner', 'middle', 'outer']);
  });

  test('nothing is made up where no word is a return address', () => {
    const kernel = toyStack({
      orc: BOTTOM,
      words: [
        [SP, 0x1234n],
        [SP + 8n, at('middle')],
      ],
    });
    const stack = recover(kernel, unwind(kernel, start(), areas), areas);
    expect(names(kernel, stack)).toEqual(['inner']);
  });
});

describe('what can’t be read is said, and nothing is guessed in its place', () => {
  const orcEntries = (kernel: Kernel): bigint => kernel.symbols.addressOf('__start_orc_unwind')!;

  test('the ORC table: a frame pointer is no stand-in for it', () => {
    // By its frame pointer `inner` would have been called by `outer`.
    const words: ToyStackOptions['words'] = [...chain, [SP + 0x100n, SP + 0x200n], [SP + 0x108n, at('outer')]];
    const lost = orcEntries(toyStack({ layout: 'wide type', words }));
    const { kernel, stack } = unwound({ layout: 'wide type', words, lost: [lost] }, start(SP, { bp: SP + 0x100n }));
    expect(names(kernel, stack)).toEqual(['inner']);
    expect(stack.end).toMatch(/^the ORC tables can't be read: 0x/);
    expect(kernel.gaps.list.map(({ what }) => what)).toContain('ORC tables');
  });

  test('ORC addresses that are not in order: another function’s entry is not taken', () => {
    const table = toyStack({ layout: 'wide type' }).symbols.addressOf('__start_orc_unwind_ip')!;
    // Entries 7 and 8 of 64, above the one in the middle: the search for `inner` passes there.
    const far = (0x7000_0000n << 32n) | 0x7000_0000n;
    const { kernel, stack } = unwound({
      layout: 'wide type',
      orc: BOTTOM,
      words: [...chain, [table + 28n, far]],
    });
    expect(names(kernel, stack)).toEqual(['inner']);
    expect(stack.end).toMatch(/ORC tables/);
  });

  test('a page of the stack', () => {
    const { kernel, stack } = unwound({ orc: BOTTOM, words: chain, lost: [SP] });
    expect(names(kernel, stack)).toEqual(['inner']);
    expect(kernel.gaps.list.map(({ what }) => what)).toContain('a stack');
  });
});

test('whatever ORC tables and stacks hold, it ends', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...layouts),
      fc.record({
        spOffset: fc.integer({ min: -32768, max: 32767 }),
        bpOffset: fc.integer({ min: -32768, max: 32767 }),
        flags: fc.integer({ min: 0, max: 0xffff }),
      }),
      fc.array(
        fc.oneof(
          fc.constantFrom(at('inner'), at('odd'), at('entry'), SP, SP + 64n, SP + 65n, irqStack.low + 64n),
          fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        ),
        { minLength: 1, maxLength: 64 },
      ),
      fc.constantFrom(at('odd'), at('inner'), at('entry')),
      (layout, raw, values, ip) => {
        const words = values.map((value, n) => [SP + BigInt(n * 8), value] as const);
        const kernel = toyStack({ layout, raw, orc: { entry: { type: 'regs', spOffset: 0, signal: true } }, words });
        const stack = recover(kernel, unwind(kernel, start(SP, { bp: values[0]! }, ip), areas), areas);
        expect(stack.frames.length).toBeLessThan(2048);
        expect(stack.end === undefined).toBe(stack.brokenAfter === undefined);
      },
    ),
    { numRuns: 200 },
  );
});
