import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Origin } from '../../../src/arch/architecture.js';
import { x86_64 } from '../../../src/arch/x86_64/x86_64.js';

const { origin } = x86_64.code;
const START = 0xffff_ffff_8100_0000n;
const hex = (text: string): Uint8Array => Uint8Array.from(text.split(' ').map((byte) => Number.parseInt(byte, 16)));

/** What a register has behind these instructions, each of which is a string of bytes. */
function after(instructions: readonly string[], register: string, at = instructions.join(' ').split(' ').length) {
  const bytes = hex([...instructions, '90'].join(' '));
  return origin([{ start: START, bytes }], START + BigInt(at), register);
}

const argument = (number: number, loads: number[] = [], add = 0): Origin => ({
  base: { is: 'argument', number },
  loads,
  add,
});

describe('where a register’s value came from', () => {
  test.each<[string, readonly string[], string, Origin | undefined]>([
    ['an argument', ['0f 1f 44 00 00'], 'rdi', argument(0)],
    ['the sixth', ['f3 0f 1e fa'], 'r9', argument(5)],
    ['no argument', ['90'], 'rbx', undefined],
    ['a copy', ['55', '53', '48 89 fb'], 'rbx', argument(0)],
    ['a copy of 32 bits', ['89 fb'], 'rbx', undefined],
    ['a copy that a call keeps', ['48 89 fb', 'e8 00 10 00 00'], 'rbx', argument(0)],
    ['an argument that a call need not keep', ['e8 00 10 00 00'], 'rdi', undefined],
    ['a pointer through an argument', ['48 8b 46 28'], 'rax', argument(1, [0x28])],
    ['a chain', ['48 8b 47 28', '4c 8b a0 00 01 00 00', '49 8b 1c 24'], 'rbx', argument(0, [0x28, 0x100, 0])],
    ['a pointer into an object', ['48 8d 5f 10', '48 8b 43 08'], 'rax', argument(0, [0x18])],
    ['what a constant was added to', ['48 83 c7 20'], 'rdi', argument(0, [], 0x20)],
    ['what a constant was taken from', ['48 83 ef 20'], 'rdi', argument(0, [], -0x20)],
    ['a load by an index', ['48 8b 04 f7'], 'rax', undefined],
    [
      'through a register of no known origin',
      ['48 8b 43 08'],
      'rax',
      { base: { is: 'register', register: 'rbx', address: START }, loads: [8], add: 0 },
    ],
    ['a load by r12', ['4e 8b 04 e6'], 'r8', undefined],
    ['a load of 32 bits', ['8b 47 28'], 'rax', undefined],
    ['what was counted', ['48 ff c7'], 'rdi', undefined],
    ['what was compared', ['48 39 f7', '48 85 ff', '48 83 ff 05', 'f6 47 28 04'], 'rdi', argument(0)],
    ['what was stored', ['48 89 3e', '48 89 7c 24 08'], 'rdi', argument(0)],
    ['what was cleared', ['31 ff'], 'rdi', undefined],
    ['a byte of it', ['b4 05'], 'rax', undefined],
    ['dh, not rsi', ['88 c6'], 'rsi', argument(1)],
    ['sil with REX', ['40 88 c6'], 'rsi', undefined],
    ['what came off the stack', ['5f'], 'rdi', undefined],
    ['what a string instruction moves on', ['f3 48 ab'], 'rdi', undefined],
    ['behind an instruction that is not known', ['0f 05'], 'rdi', undefined],
  ])('%s', (_, instructions, register, expected) => {
    expect(after(instructions, register)).toEqual(expected);
  });

  test('of a variable, of one of this CPU, of a function’s result', () => {
    expect(after(['48 8b 05 f9 0f 00 00'], 'rax')).toEqual({
      base: { is: 'variable', address: START + 0x1000n },
      loads: [0],
      add: 0,
    });
    expect(after(['48 c7 c3 00 00 00 82'], 'rbx')).toMatchObject({
      base: { is: 'variable', address: 0xffff_ffff_8200_0000n },
      loads: [],
    });
    expect(after(['65 48 8b 04 25 c0 fb 01 00'], 'rax')).toMatchObject({
      base: { is: 'per-CPU variable', address: 0x1fbc0n },
      loads: [0],
    });
    expect(after(['e8 fb 0f 00 00', '48 8b 58 10'], 'rbx')).toEqual({
      base: { is: 'result', address: START + 0x1000n },
      loads: [0x10],
      add: 0,
    });
  });

  test('both ways must agree', () => {
    const other = ['48 85 ff', '74 03']; // test; je over the next
    expect(after([...other, '48 89 f3'], 'rbx')).toBeUndefined();
    expect(after([...other, '48 89 f7'], 'rdi')).toBeUndefined();
    expect(after([...other, '48 89 f3'], 'rdi')).toEqual(argument(0));
    expect(after(['48 89 fb', ...other, '48 89 fb'], 'rbx')).toEqual(argument(0));
  });

  test('a loop that moves on has no one origin', () => {
    // 0: test; 3: mov 8(%rdi),%rdi; 7: jmp 0
    expect(after(['48 85 ff', '48 8b 7f 08', 'eb f7'], 'rdi', 3)).toBeUndefined();
    expect(after(['48 85 ff', '48 8b 5f 08', 'eb f7'], 'rdi', 3)).toEqual(argument(0));
  });

  test('a cold part that comes back is followed', () => {
    const cold = START + 0x10_0000n;
    // mov %rdi,%rbx; jne cold; nop
    const bytes = hex('48 89 fb 0f 85 f7 ff 0f 00 90');
    const changes = hex('31 db e9 02 00 f0 ff'); // xor %ebx,%ebx; jmp back
    const keeps = hex('90 90 e9 02 00 f0 ff');
    const of = (coldBytes: Uint8Array) =>
      origin(
        [
          { start: START, bytes },
          { start: cold, bytes: coldBytes },
        ],
        START + 9n,
        'rbx',
      );
    expect(of(changes)).toBeUndefined();
    expect(of(keeps)).toEqual(argument(0));
  });

  test('a jump by a table ends it, a tail call does not', () => {
    expect(after(['74 07', 'ff 24 c5 00 00 00 82'], 'rdi')).toBeUndefined();
    expect(after(['74 02', 'ff e0'], 'rdi')).toEqual(argument(0));
  });

  test('an address that no way leads to', () => {
    expect(after(['c3'], 'rdi')).toBeUndefined();
    expect(after(['90'], 'eflags')).toBeUndefined();
  });

  test('any bytes end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, at) => {
        origin([{ start: START, bytes }], START + BigInt(at), 'rdi');
      }),
    );
  });
});

describe('the jumps that leave a function', () => {
  const { jumpsOut } = x86_64.code;
  const of = (text: string) => jumpsOut([{ start: START, bytes: hex(text) }]);

  test('by a register, by memory that one points at, by name', () => {
    expect(of('90 ff e0')).toEqual([{ at: START + 1n, register: 'rax' }]);
    expect(of('ff 67 18')).toEqual([{ at: START, register: 'rdi', displacement: 0x18 }]);
    expect(of('e9 fb 00 00 00')).toEqual([{ at: START, target: START + 0x100n }]);
  });

  test('all of them, but not those within it, nor what no way leads to', () => {
    expect(of('74 02 ff e0 ff e2')).toEqual([
      { at: START + 2n, register: 'rax' },
      { at: START + 4n, register: 'rdx' },
    ]);
    expect([of('eb 00 c3'), of('c3 ff e0')]).toEqual([[], []]);
  });

  test('not where they are not all known: a switch, a condition that leads elsewhere', () => {
    expect([of('ff 24 c5 a0 31 00 82'), of('74 70 ff e0')]).toEqual([undefined, undefined]);
  });
});

describe('what a call goes by', () => {
  const { callTo, thunks } = x86_64.code;
  const by = (text: string) => {
    const bytes = hex(text);
    return callTo([{ start: START, bytes }], START + BigInt(bytes.length));
  };

  test('a register, or memory that one points at', () => {
    expect(by('90 ff d0')).toEqual({ at: START + 1n, register: 'rax' });
    expect(by('41 ff d3')).toEqual({ at: START, register: 'r11' });
    expect(by('ff 53 18')).toEqual({ at: START, register: 'rbx', displacement: 0x18 });
    // mov 0x40(%rdi),%rax, whose last byte is no prefix of the call
    expect(by('48 8b 47 40 ff 10')).toEqual({ at: START + 4n, register: 'rax', displacement: 0 });
  });

  test('not one by a table or by name; what is no call, or not come to, is none', () => {
    expect([by('ff 14 c5 a0 31 00 82'), by('e8 00 00 00 00')]).toEqual([{ at: START }, { at: START }]);
    expect([by('90 90'), by('c3 ff d0')]).toEqual([undefined, undefined]);
  });

  test('a retpoline’s name has its register', () => {
    expect(thunks).toMatchObject({ __x86_indirect_thunk_rax: 'rax', __x86_indirect_jump_thunk_r11: 'r11' });
    expect(thunks).not.toHaveProperty('__x86_indirect_thunk_array');
  });
});
