import { hex } from '../words/hex.js';
import type { SymbolName } from '../../symbols/symbol-names.js';
import type { Architecture } from '../arch/architecture.js';
import { architectureNamed, architecturesInWords } from '../arch/architectures.js';
import { changeInWords, refusedAsChanged } from '../bytes/changed-file.js';
import { openFile } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import { nothingKept, type KeptColumns } from '../bytes/kept-columns.js';
import type { DebugInfo } from '../debuginfo/dwarf/debug-info.js';
import type { SymbolTable } from '../debuginfo/symbol-table.js';
import type { TypeSource } from '../debuginfo/type-source.js';
import type { BtfTypes } from '../debuginfo/btf/read-btf.js';
import { readKallsyms } from '../debuginfo/kallsyms/read-kallsyms.js';
import { openVmlinux, type Vmlinux } from '../debuginfo/vmlinux.js';
import { refusedAsCutOff } from '../dump/completeness.js';
import type { Dump } from '../dump/dump.js';
import { openDump } from '../dump/open-dump.js';
import { findVmcoreinfo, parseVmcoreinfo, type Vmcoreinfo } from '../dump/vmcoreinfo.js';
import { createKernel } from '../kernel/create-kernel.js';
import { Cancelled, countAsLack } from '../kernel/gaps.js';
import { withGaps } from '../kernel/gathered-gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { vmlinuxServes } from '../kernel/unreadable-names.js';
import type { Bases } from '../memory/bases.js';
import type { KernelSpace } from '../memory/kernel-space.js';
import { bannerInMemory, checkVmlinux } from './check-vmlinux.js';
import { moduleTypes } from '../linux/module/module-types.js';
import { moduleSymbolTable } from '../linux/module/modules.js';
import { buildIdDefects, buildIdInMemory, releaseOf } from './memory-witness.js';
import { findTypes } from './find-types.js';
import { misfiltered } from './misfiltered.js';
import { unreadableSymbols } from './nothing-known.js';
import { symbolsInTurn } from './symbols-in-turn.js';
import { typesInTurn } from './types-in-turn.js';
import { defined } from '../words/defined.js';

export interface OpenOptions {
  /** The dump; all its parts where it was split. */
  dump: readonly string[];
  vmlinux?: string;
  /** Use the vmlinux though it is of another build. */
  force?: boolean;
  /** Only types from there: BTF, or the vmlinux's DWARF. */
  types?: 'btf' | 'dwarf';
  /** A file that stands in for the dump's VMCOREINFO. */
  vmcoreinfo?: string;
  /** Set to 1 from elsewhere: the work ends at its next step. */
  cancelFlag?: Int32Array;
  /** Told now and then how much of a packed vmlinux is unpacked, and how long it says to be, in bytes. */
  onUnpacked?: (done: number, stated: number) => void;
}

/** A dead kernel, and how it was opened: what `info` shows. */
export interface Session {
  readonly kernel: Kernel;
  readonly dump: Dump;
  readonly vmlinux?: Vmlinux;
  readonly vmcoreinfo?: Vmcoreinfo;
  /** "note", "memory", or the file that stood in. */
  readonly vmcoreinfoSource?: string;
  readonly symbolSource: string;
  readonly typeSource: string;
  readonly kaslrOffset: bigint;
  readonly bases: Bases;
  /** What was not as it should be on the way, one sentence each. */
  readonly defects: readonly string[];
  /** The kernel once more, with nothing kept of what was asked of this one: as a section alone would find it. */
  freshKernel(): Kernel;
  /** A sentence for each file that is another by now, or when it was closed, than it was when it was opened. */
  changes(): readonly string[];
  /** The defects with what has shown by now: first of all files that changed, last pages that do not decode. */
  defectsByNow(): readonly string[];
  /** Leaves symbols, types and indexes that were made anew to the next run. */
  keepIndexes(): void;
  close(): void;
}

/**
 * Brings up all layers on a dump: memory, names, types, the kernel.
 * @throws InputError with one sentence where the files can't serve
 */
export async function openSession(options: OpenOptions): Promise<Session> {
  const { cancelFlag, onUnpacked } = options;
  const dump = await openDump(options.dump, { onPageRead: () => lookAt(cancelFlag) });
  let vmlinux: Vmlinux | undefined;
  try {
    vmlinux = options.vmlinux === undefined ? undefined : await openVmlinux(options.vmlinux, defined({ onUnpacked }));
    return await bringUp(dump, vmlinux, options);
  } catch (error) {
    vmlinux?.close();
    dump.close();
    throw refusedAsChanged(changesOf(dump, vmlinux), error);
  }
}

function changesOf(dump: Dump, vmlinux: Vmlinux | undefined): string[] {
  const change = vmlinux?.change?.();
  return [...(dump.changes?.() ?? []), ...(change === undefined ? [] : [changeInWords(vmlinux!.path, change)])];
}

/** The kernel alone: for plugins' tests and scripts. */
export async function openKernel(options: OpenOptions): Promise<Kernel> {
  return (await openSession(options)).kernel;
}

/** The same on files that are already open; closing them stays the caller's where it throws. */
export async function bringUp(
  dump: Dump,
  vmlinux: Vmlinux | undefined,
  options: Omit<OpenOptions, 'dump' | 'vmlinux'>,
): Promise<Session> {
  const arch = architectureOf(dump);
  const defects = [...dump.defects];
  const { info, source: vmcoreinfoSource } = vmcoreinfoOf(dump, options.vmcoreinfo);
  const space = unlessCutOff(dump, () => arch.memory.kernelSpace(dump.memory, info, dump.registers));
  defects.push(...space.defects);
  const kaslrOffset = kaslrOffsetOf(arch, info, vmlinux, space, defects);
  if (vmlinux) checkVmlinux(vmlinux, info, space, kaslrOffset, options.force ?? false);

  // What stands in for the dump's VMCOREINFO changes what its memory is read as.
  const kept = (options.vmcoreinfo === undefined ? dump.kept : undefined) ?? nothingKept;
  const symbols = symbolsOf({ arch, vmlinux, space, info, kaslrOffset, kept }, defects);
  const bases = space.findBases({ symbolAddress: (name) => symbols.addressOf(name), vmcoreinfo: info });
  const types = await findTypes({ vmlinux, space, symbols, kaslrOffset, kept, only: options.types }, defects);
  const openDebugInfo = vmlinux && (await debugInfoOf(vmlinux, kaslrOffset));
  const told = { ...dump };
  const buildId = buildIdInMemory(space, symbols);
  defects.push(...buildIdDefects(info, buildId));
  const parts = {
    arch,
    dump: told,
    space,
    bases,
    symbols,
    types,
    info,
    buildId,
    openDebugInfo,
    cancelFlag: options.cancelFlag,
  };
  const { release = 'unknown', defects: disagreements } = releaseOf(assemble({ ...parts, release: '' }), info, dump);
  defects.push(...disagreements);
  const freshKernel = (): Kernel => assemble({ ...parts, release });
  const kernel = freshKernel();
  const filterFault = misfiltered(dump, kernel);
  if (filterFault !== undefined) {
    // Right after what is cut off: it explains most of what can't be read.
    const at = dump.completeness.kind === 'whole' ? 0 : dump.completeness.files.length;
    defects.splice(at, 0, filterFault);
    told.defects = dump.defects.toSpliced(at, 0, filterFault);
  }
  return {
    kernel,
    freshKernel,
    dump: told,
    kaslrOffset,
    defects,
    ...defined({ vmlinux, vmcoreinfo: info, vmcoreinfoSource }),
    bases,
    symbolSource: symbols.source,
    typeSource: types.source,
    changes: () => changesOf(dump, vmlinux),
    defectsByNow() {
      const damage = dump.damageMet?.();
      return [...changesOf(dump, vmlinux), ...defects, ...(damage === undefined ? [] : [damage])];
    },
    keepIndexes() {
      // Of a file that changed in between nobody knows what was read.
      if (changesOf(dump, vmlinux).length > 0) return;
      vmlinux?.kept.write();
      // Who finds what was made beside a damaged page would not meet the page, and not tell of it.
      if (dump.damageMet?.() === undefined) dump.kept?.write();
    },
    close() {
      vmlinux?.close();
      dump.close();
    },
  };
}

/** @throws InputError */
function architectureOf({ path, architecture: name }: Dump): Architecture {
  const found = architectureNamed(name);
  if (found !== undefined) return found;
  throw new InputError(`${path} is a dump of a ${name} machine; oompm reads ${architecturesInWords()} so far.`);
}

/** What can't be found in a dump that is cut off was in what is missing; any further guess would mislead. */
function unlessCutOff<T>(dump: Dump, find: () => T): T {
  try {
    return find();
  } catch (error) {
    throw error instanceof InputError ? refusedAsCutOff(dump.completeness, error) : error;
  }
}

function lookAt(cancelFlag: Int32Array | undefined): void {
  if (cancelFlag && Atomics.load(cancelFlag, 0) !== 0) throw new Cancelled('cancelled');
}

function vmcoreinfoOf(dump: Dump, file: string | undefined): { info?: Vmcoreinfo; source?: string } {
  if (file !== undefined) return { info: parseVmcoreinfo(readFile(file)), source: file };
  if (dump.vmcoreinfo !== undefined) return { info: parseVmcoreinfo(dump.vmcoreinfo), source: 'note' };
  const found = findVmcoreinfo(dump.memory);
  return found === undefined ? {} : { info: parseVmcoreinfo(found), source: 'found in memory' };
}

/** The kernel's own is a page. */
const LONGEST_VMCOREINFO = 1 << 20;

function readFile(path: string): string {
  const file = openFile(path);
  try {
    return Buffer.from(file.read(0, LONGEST_VMCOREINFO)).toString('utf8');
  } finally {
    file.close();
  }
}

/**
 * What KASLR added to the addresses of vmlinux. Where VMCOREINFO contradicts itself, memory tells which line is
 * damaged.
 */
function kaslrOffsetOf(
  { memory: { usualText } }: Architecture,
  info: Vmcoreinfo | undefined,
  vmlinux: Vmlinux | undefined,
  space: KernelSpace,
  defects: string[],
): bigint {
  const stated = info?.kernelOffset;
  const running = info?.symbol('_stext');
  const linked = running === undefined ? undefined : vmlinux?.symbols(0n)?.addressOf('_stext' satisfies SymbolName);
  const moved = running === undefined || linked === undefined ? undefined : running - linked;
  if (vmlinux === undefined && stated !== undefined && running !== undefined && running - stated !== usualText)
    defects.push(
      `VMCOREINFO may be damaged: by its KERNELOFFSET (${hex(stated)}) and its _stext the kernel was linked to ` +
        `${hex(running - stated)}, where kernels are linked to ${hex(usualText)} ` +
        'unless configured otherwise; a vmlinux tells.',
    );
  if (vmlinux === undefined || stated === undefined || moved === undefined || stated === moved)
    return stated ?? moved ?? 0n;
  const right = [stated, moved].find((offset) => bannerInMemory(vmlinux, space, offset) !== undefined);
  if (right === undefined) return stated;
  const [says, lies, is] = [stated, moved, right].map(hex);
  defects.push(
    `VMCOREINFO is damaged: its KERNELOFFSET is ${says}, and its _stext lies ${lies} above that of the vmlinux; ` +
      `${is} is used, where the kernel's banner is found.`,
  );
  return right;
}

interface SymbolQuestion {
  arch: Architecture;
  vmlinux: Vmlinux | undefined;
  space: KernelSpace;
  info: Vmcoreinfo | undefined;
  kaslrOffset: bigint;
  kept: KeptColumns;
}

function symbolsOf({ arch, vmlinux, space, info, kaslrOffset, kept }: SymbolQuestion, defects: string[]): SymbolTable {
  const own = vmlinux?.symbols(kaslrOffset);
  const damage = own && vmlinux?.symbolDamage();
  if (own && damage === undefined) return own;
  try {
    const symbols = readKallsyms(space, (name) => info?.symbol(name), arch.memory.kernelImage, kept);
    if (damage !== undefined) defects.push(`${damage}; symbols are taken from the dump's own table (kallsyms).`);
    return symbols;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (own) {
      defects.push(`${damage}; what is named by it may be wrong or missing.`);
      return own;
    }
    defects.push(vmlinux ? error.message : `${error.message.replace(/\.$/, '')}; ${vmlinuxServes}.`);
    return unreadableSymbols(error.message);
  }
}

/** The code for DWARF is loaded where there is some; the DWARF itself is not touched before it is needed. */
async function debugInfoOf(vmlinux: Vmlinux, kaslrOffset: bigint): Promise<(() => DebugInfo | undefined) | undefined> {
  if (vmlinux.section('.debug_info') === undefined && vmlinux.section('.debug_frame') === undefined) return undefined;
  const { openDebugInfo } = await import('../debuginfo/dwarf/debug-info.js');
  return () => openDebugInfo(vmlinux, kaslrOffset);
}

interface Parts {
  arch: Architecture;
  dump: Dump;
  space: KernelSpace;
  bases: Bases;
  symbols: SymbolTable;
  types: TypeSource;
  info: Vmcoreinfo | undefined;
  release: string;
  /** By memory's own notes. */
  buildId: string | undefined;
  openDebugInfo: (() => DebugInfo | undefined) | undefined;
  cancelFlag: Int32Array | undefined;
}

function assemble({
  arch,
  dump,
  release,
  buildId,
  space,
  bases,
  symbols,
  types,
  info,
  openDebugInfo,
  cancelFlag,
}: Parts): Kernel {
  const kernel: Kernel = createKernel({
    release,
    arch,
    dump,
    memory: space,
    machine: { space, bases },
    symbols: symbolsInTurn(
      symbols,
      notWithin(() => kernel.once('symbols of modules', () => moduleSymbolTable(kernel))),
    ),
    types: isBtf(types)
      ? typesInTurn(
          types,
          notWithin(() => kernel.once('types of modules', () => typesOfModules(kernel, types))),
        )
      : types,
    vmcoreinfo: (key) => (key === 'BUILD-ID' ? buildId : undefined) ?? info?.get(key),
    ...defined({ openDebugInfo, cancelFlag }),
  });
  return kernel;
}

/**
 * What the kernel's own types have not is hardly ever in a module's: a reader of one must ask whether its module is
 * loaded.
 */
function typesOfModules(kernel: Kernel, types: BtfTypes): readonly BtfTypes[] {
  const { result, gaps } = withGaps(kernel, () => moduleTypes(kernel, types));
  gaps.forEach(countAsLack);
  return result;
}

function isBtf(types: TypeSource | BtfTypes): types is BtfTypes {
  return 'typeCount' in types;
}

/** What `make` gives; a call from within `make` itself finds nothing yet. */
function notWithin<T>(make: () => T): () => T | undefined {
  let within = false;
  return () => {
    if (within) return undefined;
    within = true;
    try {
      return make();
    } finally {
      within = false;
    }
  };
}
