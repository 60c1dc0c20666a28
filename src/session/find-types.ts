import { InputError } from '../bytes/input-error.js';
import { readBtf, type BtfTypes } from '../debuginfo/btf/read-btf.js';
import type { SymbolTable } from '../debuginfo/symbol-table.js';
import type { TypeSource } from '../debuginfo/type-source.js';
import type { Vmlinux } from '../debuginfo/vmlinux.js';
import type { KernelSpace } from '../memory/kernel-space.js';
import { ReadError } from '../memory/address-space.js';
import { noTypes } from './nothing-known.js';

export interface TypeQuestion {
  vmlinux: Vmlinux | undefined;
  space: KernelSpace;
  symbols: SymbolTable;
  kaslrOffset: bigint;
  only: 'btf' | 'dwarf' | undefined;
}

/** The kernel's BTF is 3 to 10 MB. */
const LARGEST_BTF = 64n << 20n;

/**
 * The kernel's types: the vmlinux's BTF, else the dump's, else the vmlinux's DWARF. Sources that fail say why in `defects`.
 * @throws InputError where the source that was asked for is not there
 */
export async function findTypes(question: TypeQuestion, defects: string[]): Promise<TypeSource | BtfTypes> {
  if (question.only !== 'dwarf') {
    const btf = btfOfVmlinux(question, defects) ?? btfOfDump(question, defects);
    if (btf) return btf;
    if (question.only === 'btf') throw new InputError(`No BTF was found, neither in a vmlinux nor in the dump${defects.length > 0 ? ` (${defects.at(-1)})` : ''}; try --types dwarf with a vmlinux that has debug information.`);
  }
  const dwarf = await typesOfDwarf(question);
  if (dwarf) return dwarf;
  if (question.only === 'dwarf') {
    throw new InputError(question.vmlinux ? `${question.vmlinux.path} has no DWARF; give a vmlinux with debug information.` : '--types dwarf needs a vmlinux with debug information.');
  }
  return { ...noTypes, ...unreadable(question, defects) };
}

/** The dump has types where its symbols say so; where these are not known either, nobody can tell. */
function unreadable({ symbols }: TypeQuestion, defects: readonly string[]): { unreadable?: string } {
  if (symbols.unreadable !== undefined) return { unreadable: "the kernel's symbols, which say where they are, can't be read" };
  const failed = defects.findLast((defect) => defect.startsWith(BTF_FAILED));
  return failed === undefined ? {} : { unreadable: failed.slice(BTF_FAILED.length) };
}

const BTF_FAILED = "BTF can't be used: ";

function btfOfVmlinux({ vmlinux }: TypeQuestion, defects: string[]): BtfTypes | undefined {
  const bytes = vmlinux?.btf();
  return bytes && tryBtf(() => readBtf(bytes, 'vmlinux .BTF'), defects);
}

function btfOfDump({ space, symbols }: TypeQuestion, defects: string[]): BtfTypes | undefined {
  const start = symbols.addressOf('__start_BTF');
  const stop = symbols.addressOf('__stop_BTF');
  if (start === undefined || stop === undefined || stop <= start || stop - start > LARGEST_BTF) return undefined;
  return tryBtf(() => readBtf(space.read(start, Number(stop - start)), 'BTF in the dump'), defects);
}

function tryBtf(read: () => BtfTypes, defects: string[]): BtfTypes | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof ReadError)) throw error;
    defects.push(BTF_FAILED + error.message);
    return undefined;
  }
}

async function typesOfDwarf({ vmlinux, symbols, kaslrOffset }: TypeQuestion): Promise<TypeSource | undefined> {
  if (!vmlinux?.section('.debug_info')) return undefined;
  const { openDwarfFile } = await import('../debuginfo/dwarf/dwarf-file.js');
  const { dwarfTypes } = await import('../debuginfo/dwarf/dwarf-types.js');
  const file = openDwarfFile(vmlinux);
  return file && dwarfTypes(file).sourceFor((name) => symbols.addressOf(name), kaslrOffset);
}
