import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { convention } from '../../../src/arch/x86_64/stack/registers.js';
import { callerRegisters } from '../../../src/debuginfo/dwarf/call-frame.js';
import { openDebugInfo, type DebugInfo } from '../../../src/debuginfo/dwarf/debug-info.js';
import type { FrameState, ReadMemory } from '../../../src/debuginfo/dwarf/frame-state.js';
import type { Variable } from '../../../src/debuginfo/dwarf/variables.js';
import { resolveType } from '../../../src/debuginfo/type-walk.js';
import type { Registers } from '../../../src/arch/registers.js';
import { openVmlinux } from '../../../src/debuginfo/vmlinux.js';
import { openDump } from '../../../src/dump/open-dump.js';
import { parseVmcoreinfo } from '../../../src/dump/vmcoreinfo.js';
import { kernelFacts } from '../../../src/arch/x86_64/memory/kernel-facts.js';
import { kernelSpace } from '../../../src/arch/x86_64/memory/kernel-space.js';
import { dumpFile } from '../../dumps.js';

/** DWARF's numbers of the registers, System V ABI for AMD64, figure 3.36. */
const NUMBERS = [
  'ax',
  'dx',
  'cx',
  'bx',
  'si',
  'di',
  'bp',
  'sp',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
  'ip',
] as const;

const there = existsSync(dumpFile('5.10-global-panic/vmcore') ?? '') && existsSync(dumpFile('vmlinux-6.1') ?? '');

test.skipIf(!there).each(['5.10', '6.1'])(
  '%s: call frame information leads from the panic to the oom_control that the kernel printed',
  async (release) => {
    const dump = await openDump(dumpFile(`${release}-global-panic/vmcore`)!);
    const vmcoreinfo = parseVmcoreinfo(dump.vmcoreinfo!);
    const space = kernelSpace(dump.memory, kernelFacts(vmcoreinfo, dump.registers));
    const kaslrOffset = BigInt(`0x${/KERNELOFFSET=([0-9a-f]+)/.exec(dump.vmcoreinfo!)![1]!}`);
    const read: ReadMemory = (address, length) => {
      try {
        return space.read(address, length);
      } catch {
        return undefined;
      }
    };
    const info = openDebugInfo(await openVmlinux(dumpFile(`vmlinux-${release}`)!), kaslrOffset)!;

    const stacks = dump.registers.map(({ registers }) => [...unwind(info, read, registers)]);
    const stack = stacks.find((frames) => frames.some(({ name }) => name === 'panic'))!;
    expect(stack.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['panic', 'out_of_memory', '__alloc_pages_slowpath', 'handle_mm_fault']),
    );

    const oc = stack
      .find(({ name }) => name === 'out_of_memory')!
      .variables()
      .find(({ name }) => name === 'oc')!;
    const type = resolveType(oc.type);
    if (type.kind !== 'pointer' || oc.where.kind !== 'bytes') throw new Error(`oc is ${type.kind}, ${oc.where.kind}`);
    const struct = resolveType(type.target());
    if (struct.kind !== 'struct') throw new Error(struct.kind);
    const control = Buffer.from(oc.where.bytes).readBigUInt64LE(0);
    const member = (name: string): bigint =>
      control + BigInt(struct.members.find((found) => found.name === name)!.bitOffset / 8);
    const printed = /gfp_mask=(0x[0-9a-f]+).*order=(\d+)/.exec(
      readFileSync(dumpFile(`${release}-global-panic/kernel.log`)!, 'utf8'),
    )!;
    expect(space.u32(member('gfp_mask'))).toBe(Number(printed[1]));
    expect(space.i32(member('order'))).toBe(Number(printed[2]));
    dump.close();
  },
);

interface Frame {
  name: string | undefined;
  variables(): Variable[];
}

function* unwind(info: DebugInfo, read: ReadMemory, start: Registers): Generator<Frame> {
  let registers = new Map<number, bigint>(NUMBERS.map((name, number) => [number, start[name]!]));
  let pc = registers.get(16)!;
  for (let i = 0; i < 100; i++) {
    const here = registers;
    const frame: FrameState = { pc, interrupted: i === 0, register: (number) => here.get(number) };
    const code = i === 0 ? pc : pc - 1n;
    const chain = info.inlineChainAt(code) ?? [];
    for (const [level, { function: name }] of chain.entries())
      yield { name, variables: () => info.variablesAt(frame, level, read) };
    const cfi = info.cfiFor(code);
    if (cfi === undefined) return;
    const caller = callerRegisters(cfi, (number) => here.get(number), read, convention);
    if (caller.returnAddress === undefined || caller.returnAddress === 0n) return;
    registers = caller.registers;
    pc = caller.returnAddress;
  }
}
