import { Implausible } from '../../../kernel/gaps.js';
import type { Kernel } from '../../../kernel/kernel.js';
import type { Ref } from '../../../kernel/shape.js';
import type { UnwindRule, UnwindTables } from '../../stack/stack-architecture.js';
import { orcCaller } from './orc-step.js';
import { decodeOrc, layoutOfFlags, layoutOfHash, type OrcEntry, type OrcLayout } from './orc-entry.js';

/** Two tables side by side: addresses relative to where they stand, ascending, and six bytes for each. */
interface OrcTable {
  readonly count: number;
  readonly addresses: bigint;
  readonly entries: bigint;
}

const ENTRY_BYTES = 6;
/** The kernel's own have some 300 000. */
const MOST_ENTRIES = 1 << 24;
const HASH_BYTES = 20;

/**
 * The kernel's ORC tables and its modules', as __start_orc_unwind and `mod->arch` name them; undefined for a kernel
 * without.
 */
export function orcTables(kernel: Kernel): UnwindTables | undefined {
  const own = kernelTable(kernel);
  if (!own) return undefined;
  const layout = (): OrcLayout => kernel.once('layout of ORC', () => layoutOf(kernel, own) ?? unknownLayout(own));
  return {
    name: 'ORC tables',
    rule(address, module) {
      const table = module ? moduleTable(kernel, module) : own;
      const index = table === undefined ? -1 : indexOf(kernel, table, address);
      return table === undefined || index < 0 ? undefined : ruleOf(entryAt(kernel, table, layout(), index));
    },
    atSavedRegisters: ruleOf(AT_PT_REGS),
  };
}

/** The registers that it was entered with stand at the stack pointer. */
const AT_PT_REGS: OrcEntry = {
  type: 'regs',
  spRegister: 'sp',
  spOffset: 0,
  bpRegister: 'undefined',
  bpOffset: 0,
  signal: true,
};

function ruleOf(entry: OrcEntry): UnwindRule {
  return {
    isBottom: entry.type === 'end of stack',
    caller: entry.type === 'undefined' ? undefined : (memory, frame) => orcCaller(memory, frame, entry),
  };
}

function unknownLayout({ entries }: OrcTable): never {
  throw new Implausible('the layout of the ORC entries is unknown', entries);
}

function kernelTable(kernel: Kernel): OrcTable | undefined {
  const [addresses, addressesEnd, entries, entriesEnd] = (
    ['__start_orc_unwind_ip', '__stop_orc_unwind_ip', '__start_orc_unwind', '__stop_orc_unwind'] as const
  ).map((name) => kernel.findSymbol(name));
  if (addresses === undefined || addressesEnd === undefined || entries === undefined || entriesEnd === undefined)
    return undefined;
  const count = Math.min(Number(addressesEnd - addresses) / 4, Number(entriesEnd - entries) / ENTRY_BYTES);
  return count >= 1 && count <= MOST_ENTRIES ? { count: Math.floor(count), addresses, entries } : undefined;
}

/** @throws ReadError */
function moduleTable(kernel: Kernel, ref: Ref<'module'>): OrcTable | undefined {
  return kernel.once(`ORC of module at ${ref.$address}`, () => {
    const { arch } = ref;
    if (!arch || arch.num_orcs > MOST_ENTRIES || arch.num_orcs === 0) return undefined;
    return { count: arch.num_orcs, addresses: arch.orc_unwind_ip, entries: arch.orc_unwind };
  });
}

/**
 * The last entry that is not above an address, as __orc_find() has it; -1 before the first.
 * @throws ReadError, and Implausible where the addresses met on the way do not ascend: another's entry would be found
 */
function indexOf(kernel: Kernel, { count, addresses }: OrcTable, address: bigint): number {
  const distance = Number(address - addresses);
  let [low, high] = [0, count - 1];
  let [below, above] = [-Infinity, Infinity];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = middle * 4 + kernel.memory.i32(addresses + BigInt(middle * 4));
    if (at < below || at > above)
      throw new Implausible('the addresses of the ORC tables do not ascend', addresses + BigInt(middle * 4));
    if (at <= distance) [low, below] = [middle + 1, at];
    else [high, above] = [middle - 1, at];
  }
  return low - 1;
}

function entryAt(kernel: Kernel, { entries }: OrcTable, layout: OrcLayout, index: number): OrcEntry {
  const at = entries + BigInt(index * ENTRY_BYTES);
  const signed = (address: bigint) => (kernel.memory.u16(address) << 16) >> 16;
  return decodeOrc(layout, signed(at), signed(at + 2n), kernel.memory.u16(at + 4n));
}

const SAMPLES = 64;
const MOST_ENTRY_CODE = 4096;

function layoutOf(kernel: Kernel, table: OrcTable): OrcLayout | undefined {
  const header = kernel.findSymbol('__start_orc_header');
  const stated = header === undefined ? undefined : layoutOfHash(kernel.memory.read(header, HASH_BYTES));
  return stated ?? layoutOfFlags(sampleOf(kernel, table), flagsOfEntryCode(kernel, table));
}

/** Flags of entries from all over the table; pages that are missing are passed over. */
function sampleOf(kernel: Kernel, { count, entries }: OrcTable): number[] {
  const flags: number[] = [];
  for (let n = 0; n < SAMPLES; n++) {
    const at = entries + BigInt(Math.floor((n * count) / SAMPLES) * ENTRY_BYTES + 4);
    const found = kernel.peek('ORC tables', () => kernel.memory.u16(at));
    if (found !== undefined) flags.push(found);
  }
  return flags;
}

/** The assembler code through which exceptions, interrupts and system calls come. @throws ReadError */
function flagsOfEntryCode(kernel: Kernel, table: OrcTable): number[] {
  const [low, high] = [kernel.findSymbol('__entry_text_start'), kernel.findSymbol('__entry_text_end')];
  if (low === undefined || high === undefined || high <= low) return [];
  const first = Math.max(0, indexOf(kernel, table, low));
  const last = Math.min(indexOf(kernel, table, high), first + MOST_ENTRY_CODE);
  const flags: number[] = [];
  for (let index = first; index <= last; index++)
    flags.push(kernel.memory.u16(table.entries + BigInt(index * ENTRY_BYTES + 4)));
  return flags;
}
