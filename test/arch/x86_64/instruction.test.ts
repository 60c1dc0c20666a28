import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { instructionAt, LONGEST_INSTRUCTION, PREFIX } from '../../../src/arch/x86_64/code/instruction.js';
import { x86_64 } from '../../../src/arch/x86_64/x86_64.js';

const { code: reader } = x86_64;
const hex = (text: string): Uint8Array => Uint8Array.from(text.split(' ').map((byte) => Number.parseInt(byte, 16)));
const START = 0xffff_ffff_8100_0000n;

/** As binutils' objdump -d shows them, of kernels 5.10 to 7.2. */
const known: readonly (readonly [bytes: string, name: string])[] = [
  ['c3', 'ret'],
  ['f3 0f 1e fa', 'endbr64'],
  ['0f 1f 44 00 00', 'nopl 0x0(%rax,%rax,1)'],
  ['66 2e 0f 1f 84 00 00 00 00 00', 'cs nopw 0x0(%rax,%rax,1)'],
  ['55', 'push %rbp'],
  ['41 57', 'push %r15'],
  ['48 83 ec 18', 'sub $0x18,%rsp'],
  ['48 81 ec 88 00 00 00', 'sub $0x88,%rsp'],
  ['65 48 8b 04 25 28 00 00 00', 'mov %gs:0x28,%rax'],
  ['65 48 8b 05 d1 9c e2 7e', 'mov %gs:0x7ee29cd1(%rip),%rax'],
  ['48 c7 c7 0c 06 ab 82', 'mov $0xffffffff82ab060c,%rdi'],
  ['48 b8 00 00 00 00 00 fc ff df', 'movabs $0xdffffc0000000000,%rax'],
  ['b8 01 00 00 00', 'mov $0x1,%eax'],
  ['66 b8 01 00', 'mov $0x1,%ax'],
  ['66 81 3d 10 20 30 40 34 12', 'cmpw $0x1234,0x40302010(%rip)'],
  ['c6 05 01 02 03 04 00', 'movb $0x0,0x4030201(%rip)'],
  ['f6 43 2c 04', 'testb $0x4,0x2c(%rbx)'],
  ['f7 d8', 'neg %eax'],
  ['f7 c2 00 02 00 00', 'test $0x200,%edx'],
  ['e8 01 02 03 04', 'call'],
  ['0f 84 01 02 03 04', 'je'],
  ['74 05', 'je'],
  ['ff 14 c5 a0 31 00 82', 'call *-0x7dffce60(,%rax,8)'],
  ['ff 94 24 80 00 00 00', 'call *0x80(%rsp)'],
  ['f0 48 0f ba 2b 07', 'lock btsq $0x7,(%rbx)'],
  ['f0 0f b1 17', 'lock cmpxchg %edx,(%rdi)'],
  ['0f 22 d8', 'mov %rax,%cr3'],
  ['0f 30', 'wrmsr'],
  ['0f 0b', 'ud2'],
  ['0f a2', 'cpuid'],
  ['a1 00 11 22 33 44 55 66 77', 'movabs 0x7766554433221100,%eax'],
  ['c8 10 00 00', 'enter $0x10,$0x0'],
  ['66 0f 38 f6 c1', 'adcx %ecx,%eax'],
  ['66 0f 3a 0f c1 08', 'palignr $0x8,%xmm1,%xmm0'],
  ['c5 f8 77', 'vzeroupper'],
  ['c5 fd 6f 06', 'vmovdqa (%rsi),%ymm0'],
  ['c4 e3 7d 39 c1 01', 'vextracti128 $0x1,%ymm0,%xmm1'],
  ['c4 e2 fb f6 c1', 'mulx %rcx,%rax,%rax'],
  ['62 f1 fe 48 6f 4e 01', 'vmovdqu64 0x40(%rsi),%zmm1'],
];

describe('where an instruction ends', () => {
  test.each(known)('%s: %s', (bytes) => {
    const code = hex(bytes);
    expect(instructionAt(code, 0)?.length).toBe(code.length);
    expect(instructionAt(Uint8Array.of(0x90, ...code, 0x90, 0x90), 1)?.length).toBe(code.length);
  });

  test.each(known)('%s: cut off anywhere, it is none', (bytes) => {
    const code = hex(bytes);
    // What is left of one with prefixes or a ModRM byte is never a shorter one.
    for (let length = 0; length < code.length; length++)
      expect(instructionAt(code.subarray(0, length), 0)).toBeUndefined();
  });

  test.each(['06', '60', '9a 00 00 00 00 00 00', 'd5 00', 'ea 00 00 00 00 00 00', '0f 04', '0f 0a', 'c4 00 00 00 00'])(
    '%s is no instruction of 64-bit code',
    (bytes) => expect(instructionAt(hex(bytes), 0)).toBeUndefined(),
  );

  test('no instruction is longer than fifteen bytes, however many prefixes it has', () => {
    expect(instructionAt(Uint8Array.from([...Array.from({ length: 14 }, () => 0x66), 0x90]), 0)?.length).toBe(15);
    expect(instructionAt(Uint8Array.from([...Array.from({ length: 15 }, () => 0x66), 0x90]), 0)).toBeUndefined();
  });
});

test('its parts: prefixes, ModRM, displacement and immediate, with their signs', () => {
  expect(instructionAt(hex('f0 48 0f ba 6b f8 07'), 0)).toEqual({
    length: 7,
    opcode: 0x0fba,
    prefixes: PREFIX.lock,
    rex: 0x48,
    mode: 1,
    reg: 5,
    rm: 3,
    ripRelative: false,
    displacement: -8,
    immediate: 7,
  });
  expect(instructionAt(hex('66 81 3d 10 20 30 c0 34 92'), 0)).toMatchObject({
    ripRelative: true,
    displacement: 0xc0302010 | 0,
    immediate: 0x9234 - 0x10000,
  });
});

describe('any bytes', () => {
  /** Fails where a byte is asked for that is not there. */
  function watched(bytes: Uint8Array): Uint8Array {
    return new Proxy(bytes, {
      get(target, key) {
        if (typeof key === 'string' && /^-?\d+$/.test(key) && Number(key) >= target.length)
          throw new Error(`byte ${key} of ${target.length}`);
        return Reflect.get(target, key, target) as unknown;
      },
    });
  }
  // Prefixes and escapes stand more often than chance would have it.
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0x0f, 0x38, 0x3a, 0x48, 0x65, 0x66, 0xc5, 0x62),
  );
  const bytesOf = fc.array(byte, { maxLength: 40 }).map((all) => Uint8Array.from(all));

  test('an instruction lies within them, or is none', () => {
    fc.assert(
      fc.property(bytesOf, fc.nat(45), (bytes, at) => {
        const found = instructionAt(watched(bytes), at);
        if (found === undefined) return;
        expect(found.length).toBeGreaterThan(0);
        expect(found.length).toBeLessThanOrEqual(Math.min(LONGEST_INSTRUCTION, bytes.length - at));
        // What stands behind it does not matter.
        expect(instructionAt(bytes.subarray(0, at + found.length), at)).toEqual(found);
      }),
    );
  });

  test('every reader of code answers', () => {
    fc.assert(
      fc.property(bytesOf, (bytes) => {
        for (const { after } of reader.actions(bytes, START)) expect(after).toBeLessThanOrEqual(bytes.length);
        for (const address of reader.addressesNamed(bytes, START)) expect(BigInt.asUintN(64, address)).toBe(address);
        reader.callBefore(bytes, START);
        reader.firstLockedBit(bytes);
        reader.pauses(bytes);
        reader.stackWrite(bytes);
      }),
    );
  });
});

describe('what readers ask for', () => {
  const does = (text: string) => [...reader.actions(hex(text), START)];

  test('a per-CPU byte of zero, or one with another register, releases nothing', () => {
    expect(does('c6 05 00 01 00 00 00')).toMatchObject([{ does: 'store zero', address: START + 0x107n }]);
    expect(does('65 c6 05 00 01 00 00 00')).toEqual([]);
    expect(does('c6 05 00 01 00 00 01')).toEqual([]);
    expect(does('48 c7 c7 00 00 00 82 c6 07 00')).toMatchObject([{ address: 0xffff_ffff_8200_0000n, after: 10 }]);
    expect(does('48 c7 c6 00 00 00 82 c6 07 00')).toEqual([]);
  });

  test('what looks like an instruction within another one is none', () => {
    // mov $0x7c6e8, %eax; its constant has "call" and "movb $0, (%rdi)" in it.
    expect(does('48 c7 c7 00 00 00 82 b8 e8 c6 07 00')).toEqual([]);
  });

  test('the call before a return address: by a distance, by a register, by memory', () => {
    const before = (text: string) => reader.callBefore(hex(text), START);
    expect(before('90 90 e8 00 01 00 00')).toEqual({ target: START + 0x100n });
    expect(before('90 90 90 90 90 ff d0')).toEqual({});
    expect(before('90 90 90 90 41 ff d3')).toEqual({});
    expect(before('ff 14 c5 a0 31 00 82')).toEqual({});
    expect(before('90 90 90 90 90 ff e0')).toBeUndefined();
    expect(before('90 90 90 90 90 90 90')).toBeUndefined();
  });

  test('the first locked bit, also where LOCK was patched away', () => {
    expect(reader.firstLockedBit(hex('55 f0 48 0f ba 6f 10 03'))).toBe(3);
    expect(reader.firstLockedBit(hex('55 3e 48 0f ba 6f 10 03'))).toBe(3);
    expect(reader.firstLockedBit(hex('55 48 0f ba 6f 10 03'))).toBeUndefined();
    expect(reader.firstLockedBit(hex('f0 48 0f ba 77 10 03'))).toBeUndefined();
  });

  test('pause, push and call', () => {
    expect(reader.pauses(hex('90 f3 90 eb fc'))).toBe(true);
    expect(reader.pauses(hex('90 90 f3 0f 1e fa'))).toBe(false);
    expect(reader.stackWrite(hex('41 57'))).toBe('push');
    expect(reader.stackWrite(hex('68 01 00 00 00'))).toBe('push');
    expect(reader.stackWrite(hex('ff 70 08'))).toBe('push');
    expect(reader.stackWrite(hex('e8 00 00 00 00'))).toBe('call');
    expect(reader.stackWrite(hex('ff 15 00 00 00 00'))).toBe('call');
    expect(reader.stackWrite(hex('48 89 44 24 08'))).toBeUndefined();
    expect(reader.stackWrite(hex('41'))).toBeUndefined();
  });
});
