import type { SymbolName } from '../../symbols/symbol-names.js';
import { elfNotes } from '../bytes/elf.js';
import type { SymbolTable } from '../debuginfo/symbol-table.js';
import type { Dump } from '../dump/dump.js';
import type { Vmcoreinfo } from '../dump/vmcoreinfo.js';
import type { Kernel } from '../kernel/kernel.js';
import { readOr } from '../kernel/read-or.js';
import { uts } from '../linux/machine/uts.js';
import type { AddressSpace } from '../memory/address-space.js';
import { list } from '../words/quantity.js';

/** The release by what most witnesses say, and a sentence for each that says another. */
export interface Release {
  readonly release: string | undefined;
  readonly defects: readonly string[];
}

interface Witness {
  readonly name: string;
  readonly says: string;
}

/**
 * The kernel's release: the dump states it, and memory has it twice. What stands in one place alone is not believed
 * against two others.
 */
export function releaseOf(kernel: Kernel, info: Vmcoreinfo | undefined, dump: Pick<Dump, 'uname'>): Release {
  const witnesses: Witness[] = [
    witness("VMCOREINFO's OSRELEASE", info?.get('OSRELEASE')),
    witness("the dump's header", dump.uname?.release),
    witness('linux_banner in memory', bannerRelease(kernel)),
    witness('init_uts_ns in memory', utsRelease(kernel)),
  ].flat();
  const answers = [...new Set(witnesses.map(({ says }) => says))];
  const [right, ...others] = answers
    .map((answer) => witnesses.filter(({ says }) => says === answer))
    .toSorted((a, b) => b.length - a.length);
  if (right === undefined) return { release: undefined, defects: [] };
  const release = right[0]!.says;
  const isKnown = others.every(({ length }) => length < right.length);
  const isUsed = isKnown ? 'which is used' : 'and which of them is right is not known; the latter is used';
  return {
    release,
    defects: others.map(
      (wrong) =>
        `Its parts disagree on the kernel's release: ${namesOf(wrong)} "${shown(wrong[0]!.says)}", ` +
        `${namesOf(right)} "${shown(release)}", ${isUsed}: the file is damaged, or not all of it of one kernel.`,
    ),
  };
}

const LONGEST_SHOWN = 64;

function shown(text: string): string {
  return text.slice(0, LONGEST_SHOWN);
}

function namesOf(witnesses: readonly Witness[]): string {
  return `${list(witnesses.map(({ name }) => name))} ${witnesses.length === 1 ? 'says' : 'say'}`;
}

function witness(name: string, says: string | undefined): Witness[] {
  return says === undefined || says === '' ? [] : [{ name, says }];
}

function bannerRelease(kernel: Kernel): string | undefined {
  const banner = kernel.hasGlobal('linux_banner') ? quietly(() => kernel.global('linux_banner')) : undefined;
  return banner === undefined ? undefined : (/^Linux version (\S+) /.exec(banner)?.[1] ?? 'no banner');
}

function utsRelease(kernel: Kernel): string | undefined {
  return kernel.hasGlobal('init_uts_ns') ? quietly(() => uts(kernel).release) : undefined;
}

/** What can't be read is no witness. */
function quietly<T>(read: () => T): T | undefined {
  return readOr(read, () => undefined);
}

const NT_GNU_BUILD_ID = 3;
/** A kernel's notes are some hundred bytes. */
const LARGEST_NOTES = 64 << 10;

/** The build-id among the kernel's own notes, in hexadecimal; undefined where memory has none there. */
export function buildIdInMemory(memory: AddressSpace, symbols: SymbolTable): string | undefined {
  const start = symbols.addressOf('__start_notes' satisfies SymbolName);
  const stop = symbols.addressOf('__stop_notes' satisfies SymbolName);
  if (start === undefined || stop === undefined || stop <= start || stop - start > LARGEST_NOTES) return undefined;
  const notes = quietly(() => memory.read(start, Number(stop - start)));
  for (const { name, type, desc } of notes === undefined ? [] : elfNotes(notes, true))
    if (name === 'GNU' && type === NT_GNU_BUILD_ID) return Buffer.from(desc).toString('hex');
  return undefined;
}

/** A sentence where VMCOREINFO states another build-id than memory has. */
export function buildIdDefects(info: Vmcoreinfo | undefined, inMemory: string | undefined): string[] {
  const stated = info?.get('BUILD-ID');
  if (stated === undefined || inMemory === undefined || stated === inMemory) return [];
  return [
    `VMCOREINFO is damaged, or of another kernel: its BUILD-ID is "${shown(stated)}", and the kernel's own notes in memory have ${inMemory}, which is used.`,
  ];
}
