import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';

import { x86_64 } from '../../../src/arch/x86_64/x86_64.js';

const { memoryAccess, isTrap } = x86_64.code;
const hex = (text: string): Uint8Array => Uint8Array.from(text.split(' ').map((byte) => Number.parseInt(byte, 16)));
const NAMES = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'];
/** rax has 0x1000, rcx 0x2000, … */
const registers = {
  ip: 0xffff_ffff_8100_0000n,
  sp: 0x5000n,
  ...Object.fromEntries(NAMES.map((name, i) => [name, BigInt(i + 1) << 12n])),
};

describe('what an instruction does with memory, as objdump -d shows it', () => {
  test.each([
    ['8b 47 28', '0x28(%rdi)', 'read', 4, 0x8028n],
    ['48 8b 07', '(%rdi)', 'read', 8, 0x8000n],
    ['48 89 50 08', '0x8(%rax)', 'write', 8, 0x1008n],
    ['c7 00 01 00 00 00', '(%rax)', 'write', 4, 0x1000n],
    ['c6 05 01 02 03 04 00', '0x4030201(%rip)', 'write', 1, 0xffff_ffff_8100_0007n + 0x4030201n],
    ['41 8b 04 24', '(%r12)', 'read', 4, 0xd000n],
    ['4a 8b 04 e8', '(%rax,%r13,8)', 'read', 8, 0x1000n + 0xe000n * 8n],
    ['48 8b 44 8b f8', '-0x8(%rbx,%rcx,4)', 'read', 8, 0x4000n + 0x8000n - 8n],
    ['c7 04 25 08 00 00 00 00 00 00 00', '0x8', 'write', 4, 8n],
    ['ff 14 c5 a0 31 00 82', '-0x7dffce60(,%rax,8)', 'call', 8, BigInt.asUintN(64, 0x8000n - 0x7dffce60n)],
    ['ff 50 18', '0x18(%rax)', 'call', 8, 0x1018n],
    ['ff 67 10', '0x10(%rdi)', 'jump', 8, 0x8010n],
    ['0f b6 06', '(%rsi)', 'read', 1, 0x7000n],
    ['0f b7 06', '(%rsi)', 'read', 2, 0x7000n],
    ['f0 0f b1 17', '(%rdi)', 'read and write', 4, 0x8000n],
    ['f0 48 0f ba 2b 07', '(%rbx)', 'read and write', 8, 0x4000n],
    ['f0 ff 0f', '(%rdi)', 'read and write', 4, 0x8000n],
    ['f6 43 2c 04', '0x2c(%rbx)', 'read', 1, 0x402cn],
    ['48 39 07', '(%rdi)', 'read', 8, 0x8000n],
    ['48 01 07', '(%rdi)', 'read and write', 8, 0x8000n],
    ['66 89 07', '(%rdi)', 'write', 2, 0x8000n],
    ['f3 48 ab', '(%rdi)', 'write', 8, 0x8000n],
  ] as const)('%s is %s', (bytes, operand, does, width, address) => {
    expect(memoryAccess(hex(bytes), registers)).toMatchObject({ operand, does, bytes: width, address });
  });

  test.each([
    ['48 8d 47 28', 'lea'],
    ['0f 1f 44 00 00', 'nop'],
    ['0f 0b', 'ud2'],
    ['89 d0', 'mov between registers'],
    ['f3 a4', 'rep movsb, which has two addresses'],
    ['0f 30', 'wrmsr'],
    ['55', 'push'],
    ['8b 47', 'cut off'],
  ])('%s: %s is none', (bytes) => {
    expect(memoryAccess(hex(bytes), registers)).toBeUndefined();
  });

  test('relative to a segment, no address is known', () => {
    expect(memoryAccess(hex('65 48 8b 04 25 28 00 00 00'), registers)).toEqual({
      does: 'read',
      bytes: 8,
      operand: '%gs:0x28',
      parts: [],
      displacement: 0x28,
    });
  });

  test('a register that is not known is no zero', () => {
    expect(memoryAccess(hex('8b 47 28'), { ip: 0n, sp: 0n })).toBeUndefined();
  });

  test('BUG() and WARN() are ud2 and ud1', () => {
    expect([isTrap(hex('0f 0b')), isTrap(hex('0f b9 c0')), isTrap(hex('90'))]).toEqual([true, true, false]);
  });

  test('whatever the bytes, an address has 64 bits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 15 }), (code) => {
        const found = memoryAccess(code, registers);
        expect(found?.address === undefined || BigInt.asUintN(64, found.address) === found.address).toBe(true);
      }),
    );
  });
});
