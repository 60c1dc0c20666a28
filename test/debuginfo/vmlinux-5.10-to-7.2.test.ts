import { x86_64 } from '../../src/arch/x86_64/x86_64.js';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readBtf, type BtfTypes } from '../../src/debuginfo/btf/read-btf.js';
import { readKallsyms } from '../../src/debuginfo/kallsyms/read-kallsyms.js';
import type { SymbolTable } from '../../src/debuginfo/symbol-table.js';
import { findMember, sizeOf } from '../../src/debuginfo/type-walk.js';
import { programOnPath } from '../../src/debuginfo/unpack/programs.js';
import { openVmlinux, type Vmlinux } from '../../src/debuginfo/vmlinux.js';
import { dumpFile } from '../dumps.js';
import { addressesByName, unlike, type AddressesByName } from './addresses-by-name.js';
import { elfMemory } from './elf-memory.js';

const kernels = [
  { release: '5.10', buildId: '8da0a20305b2c92f12ede3fa8120f347d7dd0c73', coding: 'absolute per-CPU' },
  { release: '6.1', buildId: '1280298c94ba0418b86a87ab6ea1b1846197948f', coding: 'absolute per-CPU' },
  { release: '6.12', buildId: '89e5013230240f1bc0b24864cf7af0c3b92735da', coding: 'absolute per-CPU' },
  { release: '7.2', buildId: '231678de2a7567bd35cba6ff3db6ef095175ec82', coding: 'place-relative' },
];

describe.each(kernels)('vmlinux-$release', ({ release, buildId, coding }) => {
  const path = dumpFile(`vmlinux-${release}`) ?? '';
  const isThere = existsSync(path);
  let vmlinux: Vmlinux;
  let symtab: SymbolTable;
  let inSymtab: AddressesByName;
  let types: BtfTypes;
  beforeAll(async () => {
    if (!isThere) return;
    vmlinux = await openVmlinux(path);
    symtab = vmlinux.symbols(0n)!;
    inSymtab = addressesByName(symtab);
    types = readBtf(vmlinux.btf()!, 'vmlinux .BTF');
  });
  afterAll(() => vmlinux?.close());

  test.skipIf(!isThere)('says what it is', () => {
    expect(vmlinux.buildId).toBe(buildId);
    expect(vmlinux.banner()).toMatch(
      new RegExp(`^Linux version ${release.replace('.', '\\.')}\\.\\d+-lab \\(lab@lab\\) .* 2026$`),
    );
    expect(vmlinux.architecture).toBe('x86_64');
  });

  test.skipIf(!isThere)('KASLR moves addresses, not per-CPU offsets', () => {
    const moved = vmlinux.symbols(0x1000_0000n)!;
    expect(moved.addressOf('_stext')).toBe(symtab.addressOf('_stext')! + 0x1000_0000n);
    const isOffset = symtab.addressOf('runqueues')! < 1n << 63n;
    expect(isOffset).toBe(release !== '7.2');
    expect(moved.addressOf('runqueues')).toBe(symtab.addressOf('runqueues')! + (isOffset ? 0n : 0x1000_0000n));
  });

  test.skipIf(!isThere)('each name is found where the table has it', () => {
    for (const [name, addresses] of [...inSymtab].filter((_, n) => n % 200 === 0))
      expect(new Set(symtab.lookup(name).map((symbol) => symbol.address)), name).toEqual(new Set(addresses));
  });

  test.skipIf(!isThere).each(['with VMCOREINFO', 'by search', 'by search, without _stext'])(
    'kallsyms %s equals .symtab',
    (how) => {
      const symbol = (name: string): bigint | undefined => {
        if (how === 'by search, without _stext' || (how === 'by search' && name !== '_stext')) return undefined;
        return symtab.addressOf(name);
      };
      const kallsyms = readKallsyms(elfMemory(path), symbol, x86_64.memory.kernelImage);
      expect(kallsyms.source).toContain(coding);
      expect(kallsyms.count).toBeGreaterThan(40_000);
      // Nothing in kallsyms is not in .symtab.
      expect(unlike(kallsyms, inSymtab)).toEqual([]);
    },
  );

  test.skipIf(!isThere)('kallsyms and .symtab name an address alike', () => {
    const kallsyms = readKallsyms(elfMemory(path), (name) => symtab.addressOf(name), x86_64.memory.kernelImage);
    const differing: string[] = [];
    let functions = 0;
    for (const { address, type } of kallsyms) {
      if (type !== 't' && type !== 'T') continue;
      functions++;
      const [left, right] = [kallsyms.at(address + 1n), symtab.at(address + 1n)];
      if (left?.symbol.name !== right?.symbol.name) differing.push(`${left?.symbol.name} ${right?.symbol.name}`);
    }
    expect(functions).toBeGreaterThan(20_000);
    // What the kernel's build leaves out of kallsyms is all that differs.
    expect(differing.length / functions, differing.slice(0, 10).join('; ')).toBeLessThan(0.002);
  });

  test
    .skipIf(!isThere || !programOnPath('pahole'))
    .each(['zone', 'pglist_data', 'task_struct', 'mm_struct', 'page', 'signal_struct'])(
    'struct %s as pahole has it',
    (name) => {
      const struct = types.struct(name)!;
      const printed = execFileSync('pahole', ['-F', 'btf', '-C', name, path], { encoding: 'utf8', maxBuffer: 1 << 26 });
      expect(/\/\* size: (\d+)/.exec(printed)![1]).toBe(String(sizeOf(struct)));
      const members = membersInPahole(printed);
      expect(members.length).toBeGreaterThan(2);
      for (const { name, bitOffset, bitSize } of members) {
        expect(findMember(struct, name), name).toMatchObject({ bitOffset, member: { bitSize } });
      }
    },
  );

  test.skipIf(!isThere)('enumerators, per-CPU variables and typedefs', () => {
    expect(types.enumerator('NR_FREE_PAGES')).toBe(0n);
    expect(types.enum('zone_stat_item')?.values.get('NR_FREE_PAGES')).toBe(0n);
    expect(types.typedef('gfp_t')?.kind).toBe('typedef');
    expect(types.variable('runqueues')).toMatchObject({ kind: 'struct', name: 'rq' });
    expect(types.struct('no_such_struct')).toBeUndefined();
  });
});

interface PaholeMember {
  name: string;
  bitOffset: number;
  bitSize: number;
}

/**
 * The members that C finds by name: `type name; / * offset[:bit] size * /`, those of anonymous structs and unions too.
 */
function membersInPahole(printed: string): PaholeMember[] {
  const open: PaholeMember[][] = [];
  for (const line of printed.split('\n')) {
    if (/\{/.test(line)) {
      open.push([]);
      continue;
    }
    const code = line.includes(';') ? line.slice(0, line.indexOf(';')) : '';
    const name =
      /\(\*\s*(\w+)\)/.exec(code)?.[1] ??
      /(\w+)\s*(?:\[[^\]]*\]\s*)*(?::\s*\d+\s*)?(?:__attribute__.*)?$/.exec(code)?.[1];
    const place = /\/\*\s*(\d+)(?::\s*(\d+))?\s+\d+(?:\s+BAD.*)? \*\/$/.exec(line);
    if (/^\t+\}/.test(line)) {
      const inner = open.pop()!;
      const isAnonymous = /^\t+\}(?: __attribute__.*)?$/.test(code);
      if (isAnonymous) open.at(-1)!.push(...inner);
      if (isAnonymous) continue;
    }
    if (!place || name === undefined) continue;
    const bits = /:\s*(\d+)\s*$/.exec(code);
    open
      .at(-1)!
      .push({ name, bitOffset: Number(place[1]) * 8 + Number(place[2] ?? 0), bitSize: bits ? Number(bits[1]) : 0 });
  }
  return open[0] ?? [];
}
