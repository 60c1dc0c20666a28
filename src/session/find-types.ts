import type { SymbolName } from '../../symbols/symbol-names.js';
import { InputError } from '../bytes/input-error.js';
import { nothingKept, type KeptColumns } from '../bytes/kept-columns.js';
import { readBtf, type BtfTypes } from '../debuginfo/btf/read-btf.js';
import type { SymbolTable } from '../debuginfo/symbol-table.js';
import type { TypeSource } from '../debuginfo/type-source.js';
import type { Vmlinux } from '../debuginfo/vmlinux.js';
import type { KernelSpace } from '../memory/kernel-space.js';
import { ReadError } from '../memory/address-space.js';
import { vmlinuxServes } from '../kernel/unreadable-names.js';
import { noTypes } from './nothing-known.js';

export interface TypeQuestion {
  vmlinux: Vmlinux | undefined;
  space: KernelSpace;
  symbols: SymbolTable;
  kaslrOffset: bigint;
  /** What was made from the dump in earlier runs. */
  kept: KeptColumns;
  only: 'btf' | 'dwarf' | undefined;
}

/** The kernel's BTF is 3 to 10 MB. */
const LARGEST_BTF = 64n << 20n;

/**
 * The kernel's types: the vmlinux's BTF, else the dump's, else the vmlinux's DWARF. Sources that fail say why in
 * `defects`.
 * @throws InputError where the source that was asked for is not there
 */
export async function findTypes(question: TypeQuestion, defects: string[]): Promise<TypeSource | BtfTypes> {
  const failed: Failed[] = [];
  if (question.only !== 'dwarf') {
    const btf = btfOfVmlinux(question, failed) ?? btfOfDump(question, failed);
    if (btf) return told(btf);
    if (question.only === 'btf') {
      const why = failed.length > 0 ? ` (${failed.at(-1)!.reason})` : '';
      throw new InputError(
        `No BTF was found, neither in a vmlinux nor in the dump${why}; ` +
          'try --types dwarf with a vmlinux that has debug information.',
      );
    }
  }
  const dwarf = await typesOfDwarf(question);
  if (dwarf) return told(dwarf);
  if (question.only === 'dwarf') {
    throw new InputError(
      question.vmlinux
        ? `${question.vmlinux.path} has no DWARF; give a vmlinux with debug information.`
        : '--types dwarf needs a vmlinux with debug information.',
    );
  }
  return told({ ...noTypes, ...unreadable(question, failed) });

  function told<T extends TypeSource>(types: T): T {
    for (const { where, reason } of failed)
      defects.push(
        `The kernel's types (BTF) can't be read from the ${where}: ${reason}${types.unreadable === undefined ? '' : `; ${vmlinuxServes}`}.`,
      );
    return types;
  }
}

interface Failed {
  where: 'vmlinux' | 'dump';
  reason: string;
}

/** The dump has types where its symbols say so; where these are not known either, nobody can tell. */
function unreadable({ symbols }: TypeQuestion, failed: readonly Failed[]): { unreadable?: string } {
  if (symbols.unreadable !== undefined)
    return { unreadable: "the kernel's symbols, which say where they are, can't be read" };
  const last = failed.at(-1);
  return last === undefined ? {} : { unreadable: last.reason };
}

function btfOfVmlinux({ vmlinux }: TypeQuestion, failed: Failed[]): BtfTypes | undefined {
  const bytes = vmlinux?.btf();
  return bytes && tryBtf('vmlinux', () => readBtf(bytes, 'vmlinux .BTF', vmlinux), failed);
}

function btfOfDump(
  { vmlinux, space, symbols, kept: keptOfDump }: TypeQuestion,
  failed: Failed[],
): BtfTypes | undefined {
  const start = symbols.addressOf('__start_BTF' satisfies SymbolName);
  const stop = symbols.addressOf('__stop_BTF' satisfies SymbolName);
  if (start === undefined || stop === undefined || stop <= start || stop - start > LARGEST_BTF) return undefined;
  // Where a vmlinux says where it stands, that is not of the dump alone.
  const kept = vmlinux === undefined ? keptOfDump : nothingKept;
  const read = (): { bytes: Uint8Array } => ({ bytes: space.read(start, Number(stop - start)) });
  return tryBtf('dump', () => readBtf(kept.of('BTF', read).bytes, 'BTF in the dump', { kept }), failed);
}

function tryBtf(where: Failed['where'], read: () => BtfTypes, failed: Failed[]): BtfTypes | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof ReadError)) throw error;
    failed.push({ where, reason: error.message.replace(/^The types in .*? can't be read: |\.$/g, '') });
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
