import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';

import type { FileReader } from '../../../src/bytes/file-reader.js';
import { openDebugInfo } from '../../../src/debuginfo/dwarf/debug-info.js';
import { DwarfError } from '../../../src/debuginfo/dwarf/dwarf-error.js';
import type { DebugSections } from '../../../src/debuginfo/dwarf/sections.js';
import type { SymbolTable } from '../../../src/debuginfo/symbol-table.js';
import { typeName } from '../../../src/debuginfo/type-walk.js';
import { openVmlinux } from '../../../src/debuginfo/vmlinux.js';
import { dumpFile } from '../../dumps.js';
import { figuresOf } from '../../fuzz/figures.js';

/** For a long run by hand: FUZZ_CASES=1200. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 40);
/** One byte in so many is another one. */
const RATES = [50, 2000, 20_000, 500_000];
const MAX_MS = 5000;

const there = existsSync(dumpFile('vmlinux-5.10') ?? '') && existsSync(dumpFile('vmlinux-6.1') ?? '');

// In 6.1, which went through dwz, one damaged unit header is enough to lose all that is shared; 5.10 gets deeper.
test.skipIf(!there).each(['vmlinux-5.10', 'vmlinux-6.1'])(
  '%s with damaged DWARF gives answers or one sentence, and soon',
  { timeout: 60_000 + CASES * MAX_MS },
  async (name) => {
    const whole = await openVmlinux(dumpFile(name)!);
    const symbols = whole.symbols(0n)!;
    const functions = [...symbols].filter(({ type, size }) => (type === 't' || type === 'T') && size > 0);
    const outcomes = { answer: 0, sentence: 0 };
    const figures = figuresOf(name, 'FUZZ_CASES');
    let slowest = 0;
    for (let seed = 1; seed <= CASES; seed++) {
      const sections = damaged(whole, seed, RATES[seed % RATES.length]!);
      const started = performance.now();
      for (const ask of questions(sections, symbols, functions[(seed * 7919) % functions.length]!.address + 8n)) {
        const ended = outcome(ask, seed);
        outcomes[ended]++;
        figures.count(ended, performance.now() - started);
      }
      slowest = Math.max(slowest, performance.now() - started);
    }
    figures.tell();
    expect(outcomes.answer).toBeGreaterThan(0);
    expect(outcomes.sentence).toBeGreaterThan(0);
    expect(slowest).toBeLessThan(MAX_MS);
  },
);

function questions(sections: DebugSections, symbols: SymbolTable, address: bigint): (() => unknown)[] {
  const info = openDebugInfo(sections, 0n)!;
  const types = info.types((name) => symbols.addressOf(name));
  const frame = {
    pc: address,
    interrupted: true,
    register: (number: number) => BigInt(number) * 0x1000n,
    caller: () => frame,
  };
  return [
    () => types.struct('zone', 'out_of_memory')?.members.map(({ type }) => typeName(type())),
    () => types.struct('task_struct', 'out_of_memory')?.members.map(({ type }) => typeName(type())),
    () => types.enumerator('NR_FREE_PAGES', 'si_mem_available'),
    () => info.inlineChainAt(symbols.addressOf('out_of_memory')! + 100n),
    () => info.inlineChainAt(address),
    () => info.variablesAt(frame, 0, (at, length) => (at % 2n === 0n ? new Uint8Array(length) : undefined)),
    () => info.cfiFor(address),
  ];
}

function outcome(ask: () => unknown, seed: number): 'answer' | 'sentence' {
  try {
    ask();
    return 'answer';
  } catch (error) {
    if (!(error instanceof DwarfError)) throw new Error(`seed ${seed}`, { cause: error });
    expect(error.message, `seed ${seed}`).toMatch(/^[^\n]+\.$/);
    return 'sentence';
  }
}

/** The same bytes are damaged however often and in whatever pieces they are read. */
function damaged(whole: DebugSections, seed: number, rate: number): DebugSections {
  const spoilt = (reader: FileReader): FileReader => ({
    size: reader.size,
    held: reader.held,
    read(offset, length) {
      const bytes = Uint8Array.from(reader.read(offset, length));
      for (let i = 0; i < bytes.length; i++) {
        let hash = Math.imul((offset + i) ^ (seed * 0x9e3779b1), 0x85ebca6b);
        hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
        if (hash % rate === 0) bytes[i] = hash >>> 24;
      }
      return bytes;
    },
  });
  return {
    section(name) {
      const reader = whole.section(name);
      return reader === undefined ? undefined : spoilt(reader);
    },
  };
}
