import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { modules, moduleMemory } from '../module/modules.js';
import { defined } from '../../words/defined.js';

/** Where a BUG() or WARN() stands in the kernel's sources. */
export interface BugPlace {
  /** The instruction. */
  readonly at: bigint;
  /** As the compiler was given it; undefined without DEBUG_BUGVERBOSE. */
  readonly file?: string;
  readonly line?: number;
  /** A WARN(): the kernel goes on after it. */
  readonly isWarning: boolean;
}

/** BUGFLAG_WARNING, include/asm-generic/bug.h. */
const BUGFLAG_WARNING = 1;
/** The kernel has some 40,000 entries of at most 16 bytes. */
const LARGEST_TABLE = 8 << 20;
const LONGEST_PATH = 1024;

/**
 * The entry of an address in `__bug_table`, or in that of the module whose code it is, as find_bug() seeks it;
 * undefined where there is none. @throws ReadError, Implausible
 */
export function bugAt(kernel: Kernel, address: bigint): BugPlace | undefined {
  if (kernel.missing('bug_entry') !== undefined) return undefined;
  const table = tableFor(kernel, address);
  if (table === undefined) return undefined;
  const bytes = kernel.sizeOf('bug_entry');
  if (table.bytes > LARGEST_TABLE || table.bytes < 0)
    throw new Implausible(`${table.bytes} bytes of __bug_table`, table.start);
  const distance = kernel.offsetOf('bug_entry', 'bug_addr_disp');
  const view = viewOf(kernel.memory.read(table.start, table.bytes));
  for (let at = 0; at + bytes <= table.bytes; at += bytes) {
    const member = table.start + BigInt(at + distance);
    if (BigInt.asUintN(64, member + BigInt(view.getInt32(at + distance, true))) !== address) continue;
    return placeOf(kernel, table.start + BigInt(at), address);
  }
  return undefined;
}

/**
 * The WARN() that returns to an address: since 6.19 one with a message is a call (__WARN_trap), behind which the
 * handler has put the registers already. @throws ReadError, Implausible
 */
export function warningBefore(kernel: Kernel, address: bigint): BugPlace | undefined {
  for (let back = 1; back <= kernel.arch.code.longestCall; back++) {
    const found = bugAt(kernel, address - BigInt(back));
    if (found?.isWarning === true) return found;
  }
  return undefined;
}

/**
 * The WARN() of code at an address, by its entry: since 6.19 one with a message passes that to what traps, wherever its
 * own place is; undefined where there is no such entry. @throws ReadError
 */
export function warningByEntry(kernel: Kernel, entry: bigint | undefined, address: bigint): BugPlace | undefined {
  const table = kernel.missing('bug_entry') === undefined ? tableFor(kernel, address) : undefined;
  if (table === undefined || entry === undefined || entry < table.start || entry >= table.start + BigInt(table.bytes))
    return undefined;
  if ((entry - table.start) % BigInt(kernel.sizeOf('bug_entry')) !== 0n) return undefined;
  const member = entry + BigInt(kernel.offsetOf('bug_entry', 'bug_addr_disp'));
  const found = placeOf(kernel, entry, BigInt.asUintN(64, member + BigInt(kernel.memory.i32(member))));
  return found.isWarning ? found : undefined;
}

function placeOf(kernel: Kernel, entry: bigint, address: bigint): BugPlace {
  const { line, flags } = kernel.ref('bug_entry', entry);
  const from = kernel.once('bug_entry.file_disp counts from', () => pathsCountFrom(kernel));
  const file =
    from === undefined ? undefined : kernel.attempt('bug_entry.file_disp', () => pathOf(kernel, entry, from));
  return {
    at: address,
    isWarning: (flags & BUGFLAG_WARNING) !== 0,
    ...defined({ file, line: file === undefined ? undefined : line }),
  };
}

/** What a distance to a path is added to: the entry up to 5.19, the member itself since 6.0 (f1a0a376ca0c). */
type From = 'the entry' | 'the member';

function pathOf(kernel: Kernel, entry: bigint, from: From): string | undefined {
  const at = addressOfPath(kernel, entry, from);
  return at === undefined ? undefined : kernel.memory.cString(at, LONGEST_PATH);
}

function addressOfPath(kernel: Kernel, entry: bigint, from: From): bigint | undefined {
  const { file_disp: distance } = kernel.ref('bug_entry', entry);
  if (distance === undefined || distance === 0) return undefined;
  const start = from === 'the entry' ? entry : entry + BigInt(kernel.offsetOf('bug_entry', 'file_disp'));
  return BigInt.asUintN(64, start + BigInt(distance));
}

const SAMPLE = 32;

/** No member tells it: it is the way by which the paths of the kernel's own first entries begin behind a NUL. */
function pathsCountFrom(kernel: Kernel): From | undefined {
  const table = ownTable(kernel);
  if (table === undefined) return undefined;
  const bytes = kernel.sizeOf('bug_entry');
  const count = Math.min(SAMPLE, Math.floor(table.bytes / bytes));
  const [entry, member] = (['the entry', 'the member'] as const).map(
    (from) =>
      Array.from({ length: count }, (_, i) => table.start + BigInt(i * bytes)).filter((one) => {
        const at = kernel.peek('bug_entry.file_disp', () => addressOfPath(kernel, one, from));
        return at !== undefined && kernel.peek('path of a BUG()', () => kernel.memory.u8(at - 1n)) === 0;
      }).length,
  );
  if (entry === member) return undefined;
  return entry! > member! ? 'the entry' : 'the member';
}

/** Of the kernel, or of the module that has the address. */
function tableFor(kernel: Kernel, address: bigint): { start: bigint; bytes: number } | undefined {
  for (const module of modules(kernel)) {
    const owns = moduleMemory(kernel, module).some(
      ({ base, bytes }) => address >= base && address < base + BigInt(bytes),
    );
    if (!owns) continue;
    const { bug_table: start, num_bugs: count } = module;
    if (start === undefined || start === 0n || count === undefined) return undefined;
    return { start, bytes: count * kernel.sizeOf('bug_entry') };
  }
  return ownTable(kernel);
}

function ownTable(kernel: Kernel): { start: bigint; bytes: number } | undefined {
  const [start, stop] = [kernel.findSymbol('__start___bug_table'), kernel.findSymbol('__stop___bug_table')];
  return start === undefined || stop === undefined ? undefined : { start, bytes: Number(stop - start) };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
