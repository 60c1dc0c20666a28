import { describe, expect } from 'vitest';

import { instructionAt } from '../../src/arch/x86_64/code/instruction.js';
import type { Variable } from '../../src/debuginfo/dwarf/variables.js';
import type { CodeSymbol } from '../../src/debuginfo/type-source.js';
import { calledPointer } from '../../src/endings/pointer/called-pointer.js';
import { originInC } from '../../src/endings/pointer/origin-in-c.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { codePlace } from '../../src/stack/code.js';
import { dumpFile, testWith } from '../dumps.js';

/** By DWARF's numbers: System V ABI for AMD64, figure 3.36. */
const NAMES = 'rax rdx rcx rbx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15'.split(' ');
const STEP = 97;
const MOST_FUNCTIONS = 250;
const MOST_BYTES = 4000;
/** A value for each register that no other has. */
const valueIn = (register: number): bigint => 0xffff_8880_0000_0000n + BigInt(register + 1) * 0x1000n;

/** Init's code is freed after the boot, and filtered. */
function isThere(kernel: Kernel, address: bigint): boolean {
  return address < kernel.symbol('_etext');
}

/** Functions spread over the kernel, with the middle and the end of their code. */
function* places(kernel: Kernel): Generator<{ symbol: CodeSymbol; bytes: Uint8Array; at: bigint }> {
  const functions = [...kernel.symbols].filter(
    ({ type, size, module, address }) =>
      'tT'.includes(type) && module === undefined && size > 32 && size < MOST_BYTES && isThere(kernel, address),
  );
  for (let n = 0; n < MOST_FUNCTIONS; n++) {
    const { address } = functions[(n * STEP) % functions.length]!;
    const place = codePlace(kernel, address);
    if (place?.offset !== 0) continue;
    const bytes = kernel.memory.read(place.start, place.size);
    const starts: number[] = [];
    for (let at = 0; at < bytes.length; at += instructionAt(bytes, at)?.length ?? bytes.length) starts.push(at);
    const symbol = { name: place.function, address };
    for (const part of [0.2, 0.5, 0.8])
      yield { symbol, bytes, at: address + BigInt(starts[Math.floor(starts.length * part)]!) };
  }
}

function registerOf({ where }: Variable): number {
  if (where.kind !== 'bytes' || where.bytes.length !== 8) return -1;
  const value = new DataView(where.bytes.buffer, where.bytes.byteOffset).getBigUint64(0, true);
  return NAMES.findIndex((_, register) => valueIn(register) === value);
}

describe('where registers’ values came from, held against the compiler’s own word', () => {
  const [dump, vmlinux] = ['6.1-global/vmcore', 'vmlinux-6.1'] as const;
  testWith(
    [dump, vmlinux],
    'no argument that is followed through the code is another one by DWARF',
    async () => {
      const kernel = await openKernel({ dump: [dumpFile(dump)!], vmlinux: dumpFile(vmlinux)! });
      const told = { agree: 0, others: [] as string[] };
      for (const { symbol, bytes, at } of places(kernel)) {
        const named = new Set(kernel.types.functionType(symbol)?.parameters.map(({ name }) => name));
        const frame = { pc: at, interrupted: true, register: valueIn, caller: () => undefined };
        const variables = Array.from({ length: 8 }, (_, level) =>
          kernel.debugInfo()!.variablesAt(frame, level, () => undefined),
        )
          .flat()
          .filter(({ parameter, name }) => parameter && named.has(name));
        for (const [number, register] of NAMES.entries()) {
          const origin = kernel.arch.code.origin([{ start: symbol.address, bytes }], at, register);
          if (origin?.base.is !== 'argument' || origin.loads.length > 0 || origin.add !== 0) continue;
          const ours = originInC(kernel, origin, symbol)?.text;
          const there = variables.filter((variable) => registerOf(variable) === number).map(({ name }) => name);
          if (ours === undefined || there.length === 0) continue;
          if (there.includes(ours)) told.agree++;
          else told.others.push(`${symbol.name} ${register}: ${ours}, not ${there.join()}`);
        }
      }
      expect(told.others).toEqual([]);
      expect(told.agree).toBeGreaterThan(300);
    },
    60_000,
  );

  testWith([dump, vmlinux], 'where registers came from several places, the compiler’s variable is told', async () => {
    const kernel = await openKernel({ dump: [dumpFile(dump)!], vmlinux: dumpFile(vmlinux)! });
    const calledIn = (name: string): string[] => {
      const start = kernel.symbols.addressOf(name)!;
      const pointers = Array.from({ length: codePlace(kernel, start)!.size }, (_, offset) =>
        calledPointer(kernel, start + BigInt(offset)),
      );
      return [...new Set(pointers.flatMap((pointer) => (pointer ? `${pointer.text}, by ${pointer.fact.source}` : [])))];
    };
    expect(calledIn('raw_notifier_call_chain')).toEqual(['nb->notifier_call, by the variables of DWARF']);
    expect(calledIn('__wake_up_common')).toEqual(['curr->func, by the variables of DWARF']);
    expect(calledIn('process_one_work')).toContain('worker->current_func, by the code of the function, and the types');
  });
});
