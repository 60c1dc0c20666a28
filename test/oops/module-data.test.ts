import { expect, test } from 'vitest';
import { to, type ToyKernel, type ToyValue } from 'oompm/testing';

import { symbolText } from '../../src/oops/symbol-text.js';
import { moduleObjectAt } from '../../src/stack/module-object.js';
import { BOTTOM, toyMachine } from '../stack/toy-machine.js';

const TABLES = 0xffff_c900_0050_0000n;
const AREA = 0xffff_ffff_c000_0000n;
const CODE = AREA + 0x4000n;
const BELOW = AREA;
const ABOVE = AREA + 0x8000n;

const symbols: readonly (readonly [name: string, type: string, at: bigint])[] = [
  ['acme_init', 't', CODE],
  ['acme_hook', 'd', BELOW + 0x100n],
  ['acme_lock', 'd', BELOW + 0x120n],
  ['acme_late', 'd', ABOVE + 0x40n],
];

/** `mod->kallsyms`: Elf64_Sym, names, and types, each table in a page of its own. */
function tables(): { at: bigint; bytes: Uint8Array }[] {
  const [table, names, types] = [new DataView(new ArrayBuffer(4096)), Buffer.alloc(4096), Buffer.alloc(4096)];
  let end = 1;
  for (const [i, [name, type, at]] of symbols.entries()) {
    table.setUint32(i * 24, end, true);
    table.setUint16(i * 24 + 6, 1, true);
    table.setBigUint64(i * 24 + 8, at, true);
    end += names.write(`${name}\0`, end, 'latin1');
    types.write(type, i, 'latin1');
  }
  return [new Uint8Array(table.buffer), names, types].map((bytes, i) => ({ at: TABLES + BigInt(i * 4096), bytes }));
}

function machine(types: string, memory: Readonly<Record<string, ToyValue>>): ToyKernel {
  return toyMachine({ bottom: BOTTOM }, [{ comm: 'idle', pid: 1, segments: [{ calls: ['bottom'] }] }], {
    types: `
      struct mod_kallsyms { void *symtab; unsigned int num_symtab; void *strtab; void *typetab; };
      struct mod_arch_specific { unsigned int num_orcs; void *orc_unwind_ip, *orc_unwind; };
      struct module { int state; struct list_head list; char name[56]; struct mod_kallsyms *kallsyms; u64 taints;
        struct mod_arch_specific arch; ${types.split('|')[1]} };
      ${types.split('|')[0]}`,
    variables: { modules: { type: 'struct list_head' } },
    objects: {
      acme: { type: 'struct module', value: { name: 'acme', kallsyms: to('names'), ...memory } },
      names: {
        type: 'struct mod_kallsyms',
        value: { symtab: TABLES, num_symtab: symbols.length, strtab: TABLES + 4096n, typetab: TABLES + 8192n },
      },
    },
    lists: [['modules', 'acme.list']],
    memory: tables(),
  });
}

const parts =
  'enum mod_mem_type { MOD_TEXT, MOD_DATA, MOD_RODATA }; struct module_memory { void *base; unsigned int size; };';
const since64 = (): ToyKernel =>
  machine(`${parts}|struct module_memory mem[3];`, {
    mem: [
      { base: CODE, size: 0x1000 },
      { base: BELOW, size: 0x1000 },
      { base: ABOVE, size: 0x1000 },
    ],
  });
const before64 = (): ToyKernel =>
  machine(`struct module_layout { void *base; unsigned int size, text_size; };|struct module_layout core_layout;`, {
    core_layout: { base: CODE, size: 0x5000, text_size: 0x1000 },
  });

test('an address of a module’s data has its symbol’s name, as kallsyms has it', () => {
  const kernel = since64();
  expect(symbolText(kernel, BELOW + 0x108n)).toBe('acme_hook+0x8/0x20 [acme]');
  // Behind the last symbol it goes to the end of its memory.
  expect(symbolText(kernel, ABOVE + 0x40n)).toBe('acme_late+0x0/0xfc0 [acme]');
  expect(symbolText(kernel, CODE + 4n)).toBe('acme_init+0x4/0x1000 [acme]');
  expect(symbolText(kernel, AREA + 0x2000n)).toBe(`0x${(AREA + 0x2000n).toString(16)}`);
  expect([BELOW + 0x108n, ABOVE + 0x40n].map((at) => moduleObjectAt(kernel, at)?.isBelowCode)).toEqual([true, false]);
});

test('what no symbol of data stands before has the name of what does, as kallsyms has it: it is not its own', () => {
  for (const kernel of [since64(), before64()]) {
    expect(moduleObjectAt(kernel, ABOVE + 0x10n)).toMatchObject({ name: 'acme_init', offset: 0x4010, isItsOwn: false });
    expect(moduleObjectAt(kernel, ABOVE + 0x48n)).toMatchObject({ name: 'acme_late', offset: 8, isItsOwn: true });
  }
});

test('before 6.4 such a symbol ends with the code that lies before it', () => {
  const kernel = before64();
  expect(symbolText(kernel, ABOVE + 0x41n)).toBe('acme_late+0x1/0xffffffffffffcfc0 [acme]');
  expect(symbolText(kernel, BELOW + 0x108n)).toBe(`0x${(BELOW + 0x108n).toString(16)}`);
});
