import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';

import { openDebugInfo } from '../../../src/debuginfo/dwarf/debug-info.js';
import { openVmlinux } from '../../../src/debuginfo/vmlinux.js';
import { dumpFile } from '../../dumps.js';

const path = dumpFile('vmlinux-5.10');
const addr2line = spawnSync('addr2line', ['--version']).status === 0;
const ADDRESSES = 500;

// 6.1 went through dwz, whose partial units binutils does not follow for inlined functions: 5.10 is what can be
// compared.
test.skipIf(path === undefined || !existsSync(path) || !addr2line)(
  'functions, inlined calls and lines equal those of binutils’ addr2line',
  async () => {
    const vmlinux = await openVmlinux(path!);
    const info = openDebugInfo(vmlinux, 0n)!;
    const functions = [...vmlinux.symbols(0n)!].filter(({ type, size }) => (type === 't' || type === 'T') && size > 0);
    const addresses = [...randomAddresses(functions)];
    const answers = spawnSync(
      'addr2line',
      ['-a', '-f', '-i', '-e', path!, ...addresses.map((address) => address.toString(16))],
      { encoding: 'utf8', maxBuffer: 1 << 26 },
    ).stdout;
    let compared = 0;
    for (const block of answers.split(/^(?=0x)/m)) {
      const [address, ...lines] = block.trim().split('\n');
      const theirs = lines.flatMap((name, i) => (i % 2 === 0 ? [{ name, line: lineNumber(lines[i + 1]!) }] : []));
      if (theirs[0]!.line === 0) continue;
      const chain = info.inlineChainAt(BigInt(address!)) ?? [];
      // Where DWARF has no function (assembler, functions folded into an identical one), addr2line takes the symbol's
      // name. File names are left out: binutils takes a neighbour's for some lines of DWARF 5 (include/trace/events).
      const ours = chain.map((frame, i) => ({ name: frame.function ?? theirs[i]?.name, line: frame.source?.line }));
      expect(ours, address).toEqual(theirs);
      compared++;
    }
    expect(compared).toBeGreaterThan(ADDRESSES * 0.9);
  },
);

function lineNumber(place: string): number {
  return Number(/:(\d+)/.exec(place)?.[1] ?? 0);
}

/** The same ones in each run. */
function* randomAddresses(functions: { address: bigint; size: number }[]): Generator<bigint> {
  let state = 12345;
  const next = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let i = 0; i < ADDRESSES; i++) {
    const { address, size } = functions[next(functions.length)]!;
    yield address + BigInt(next(size));
  }
}
