import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { convention } from '../../../src/arch/x86_64/stack/registers.js';
import { callerRegisters } from '../../../src/debuginfo/dwarf/call-frame.js';
import { cfiLookup, type Cfi, type RegisterRule } from '../../../src/debuginfo/dwarf/cfi.js';
import { DwarfError } from '../../../src/debuginfo/dwarf/dwarf-error.js';
import { openDwarfFile } from '../../../src/debuginfo/dwarf/dwarf-file.js';
import { littleEndian } from '../../../src/debuginfo/dwarf/expression-value.js';
import { OP } from '../../../src/debuginfo/dwarf/operations.js';
import { TAG } from '../../../src/debuginfo/dwarf/constants.js';
import { openVmlinux } from '../../../src/debuginfo/vmlinux.js';
import { dumpFile } from '../../dumps.js';
import { fixed, sleb, text, toyDwarf, uleb } from './toy-dwarf.js';

const LOW = 0xffffffff81000100n;
/** def_cfa rsp+8; return address at cfa-8. */
const USUAL = [0x0c, 7, 8, 0x90, 1];

describe('rules', () => {
  test('a row holds from its address on; a restored state is the remembered one', () => {
    // push rbp; … ; remember; pop; ret; restore
    const lookup = debugFrame([0x41, 0x0e, 16, 0x86, 2, 0x44, 0x0a, 0x0e, 8, 0xc6, 0x41, 0x0b]);
    const at = (offset: bigint) => lookup(LOW + offset)!;
    expect(at(0n).cfa).toEqual({ kind: 'register', register: 7, offset: 8 });
    expect(at(1n).cfa).toEqual({ kind: 'register', register: 7, offset: 16 });
    expect(at(4n).registers.get(6)).toEqual({ kind: 'offset', offset: -16 });
    expect(at(5n).cfa).toEqual({ kind: 'register', register: 7, offset: 8 });
    expect(at(5n).registers.has(6)).toBe(false);
    expect(at(6n).registers.get(6)).toEqual({ kind: 'offset', offset: -16 });
    expect([lookup(LOW - 1n), lookup(LOW + 0x100n)]).toEqual([undefined, undefined]);
  });

  test.each<[string, number[], number, RegisterRule]>([
    ['undefined', [0x07, 16], 16, { kind: 'undefined' }],
    ['same value', [0x08, 3], 3, { kind: 'same value' }],
    ['register', [0x09, 3, 12], 3, { kind: 'register', register: 12 }],
    ['offset_extended_sf', [0x11, 3, ...sleb(-2)], 3, { kind: 'offset', offset: 16 }],
    ['val_offset', [0x14, 3, 2], 3, { kind: 'value offset', offset: -16 }],
    ['expression', [0x10, 3, 1, OP.lit0], 3, { kind: 'expression', expression: Uint8Array.of(OP.lit0) }],
    ['val_expression', [0x16, 3, 1, OP.lit0], 3, { kind: 'value expression', expression: Uint8Array.of(OP.lit0) }],
    ['after GNU_args_size', [0x2e, 16, 0x83, 3], 3, { kind: 'offset', offset: -24 }],
  ])('%s', (_, instructions, register, rule) => {
    expect(debugFrame(instructions)(LOW)!.registers.get(register)).toEqual(rule);
  });

  test('.eh_frame: pointers that count from themselves, a signal frame, and its end mark', () => {
    const cie = entry([...fixed(0, 4), 1, ...text('zRS'), 1, ...sleb(-8), 16, 1, 0x1b, ...USUAL]);
    const sectionAt = 0xffffffff82000000n;
    const low = Number(LOW - (sectionAt + BigInt(cie.length) + 8n));
    const fde = entry([...fixed(cie.length + 4, 4), ...fixed(low, 4), ...fixed(0x40, 4), 0, 0x41, 0x0e, 24]);
    const sections = toyDwarf([{ entry: { tag: TAG.compile_unit } }], { '.eh_frame': [...cie, ...fde, 0, 0, 0, 0] });
    const lookup = cfiLookup(openDwarfFile({ ...sections, addressOf: () => sectionAt })!);
    expect(lookup(LOW + 1n)).toMatchObject({
      cfa: { register: 7, offset: 24 },
      signalFrame: true,
      low: LOW,
      high: LOW + 0x40n,
    });
  });
});

describe('the caller', () => {
  test('saved registers are read, those of the convention kept, the rest lost', () => {
    const lookup = debugFrame([
      0x0e,
      32,
      0x83,
      3,
      0x16,
      12,
      2,
      OP.lit0 + 1,
      OP.plus,
      0x10,
      13,
      3,
      OP.lit0 + 16,
      OP.minus,
      0x96,
      0x0a,
    ]);
    const registers = new Map([
      [7, 0x1000n],
      [6, 66n],
      [0, 1n],
      [14, 14n],
    ]);
    const caller = callerRegisters(
      lookup(LOW)!,
      (number) => registers.get(number),
      (address) => littleEndian(address, 8),
      convention,
    );
    expect(caller.cfa).toBe(0x1020n);
    expect(caller.returnAddress).toBe(0x1018n);
    expect(caller.registers).toEqual(
      new Map([
        [7, 0x1020n],
        [6, 66n],
        [14, 14n],
        [16, 0x1018n],
        [3, 0x1008n],
        [12, 0x1021n],
        [13, 0x1010n],
      ]),
    );
  });

  test('an undefined return address ends the stack', () => {
    expect(
      callerRegisters(
        debugFrame([0x07, 16])(LOW)!,
        () => 0x1000n,
        () => undefined,
        convention,
      ).returnAddress,
    ).toBeUndefined();
  });
});

test('nonsense is refused in one sentence: states that were not remembered, unknown instructions, endless remembering', () => {
  for (const instructions of [[0x0b], [0x3f], Array.from({ length: 1000 }, () => 0x0a), [0x0f, ...uleb(1000)]]) {
    expect(() => debugFrame(instructions)(LOW), String(instructions.slice(0, 4))).toThrow(DwarfError);
  }
});

const path = dumpFile('vmlinux-6.1');
const there = path !== undefined && existsSync(path) && spawnSync('readelf', ['--version']).status === 0;

test.skipIf(!there)('the rows of functions equal those that readelf shows', async () => {
  const lookup = cfiLookup(openDwarfFile(await openVmlinux(path!))!);
  const shown = spawnSync('bash', ['-c', `readelf --debug-dump=frames-interp '${path!}' 2>/dev/null | head -60000`], {
    encoding: 'utf8',
    maxBuffer: 1 << 27,
  }).stdout;
  let compared = 0;
  for (const block of shown.split('\n\n').slice(0, -1)) {
    const lines = block.split('\n');
    if (!/ FDE /.test(lines[0]!) || lines.length < 3) continue;
    const columns = lines[1]!.trim().split(/\s+/).slice(2);
    for (const line of lines.slice(2)) {
      const [location, cfa, ...rules] = line.trim().split(/\s+/);
      const row = lookup(BigInt(`0x${location!}`));
      // A row of no length, at the function's end or overruled by the next one, is shown by readelf only.
      if (row === undefined || lines.filter((other) => other.startsWith(location!)).length > 1) continue;
      expect([asReadelf(row), ...columns.map((name) => ruleAsReadelf(row, name))], location).toEqual([
        cfa,
        ...rules.map((rule) => (rule === 'u' ? undefined : rule)),
      ]);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(10_000);
});

const NAMES: Record<string, number> = {
  rax: 0,
  rdx: 1,
  rcx: 2,
  rbx: 3,
  rsi: 4,
  rdi: 5,
  rbp: 6,
  rsp: 7,
  r8: 8,
  r9: 9,
  r10: 10,
  r11: 11,
  r12: 12,
  r13: 13,
  r14: 14,
  r15: 15,
  ra: 16,
};

function asReadelf({ cfa }: Cfi): string {
  if (cfa.kind !== 'register') return 'exp';
  return `${Object.keys(NAMES).find((name) => NAMES[name] === cfa.register)!}+${cfa.offset}`;
}

function ruleAsReadelf({ registers }: Cfi, name: string): string | undefined {
  const rule = registers.get(NAMES[name]!);
  if (rule === undefined) return undefined;
  if (rule.kind === 'expression') return 'exp';
  return rule.kind === 'offset' ? `c${rule.offset < 0 ? '' : '+'}${rule.offset}` : rule.kind;
}

function debugFrame(instructions: number[]): (address: bigint) => Cfi | undefined {
  const cie = entry([...fixed(0xffffffff, 4), 4, 0, 8, 0, 1, ...sleb(-8), 16, ...USUAL]);
  const fde = entry([...fixed(0, 4), ...fixed(LOW, 8), ...fixed(0x100, 8), ...instructions]);
  return cfiLookup(
    openDwarfFile(toyDwarf([{ entry: { tag: TAG.compile_unit } }], { '.debug_frame': [...cie, ...fde] }))!,
  );
}

function entry(body: number[]): number[] {
  return [...fixed(body.length, 4), ...body];
}
