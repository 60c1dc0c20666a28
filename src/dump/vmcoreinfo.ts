import type { PhysicalMemory } from '../memory/physical-memory.js';

/**
 * VMCOREINFO's lines by kind, as kernel/vmcore_info.c (before 6.9 crash_core.c) writes them; undefined where there is
 * no such line.
 */
export interface Vmcoreinfo {
  readonly text: string;
  /** Any `KEY=VALUE` line's value, by its whole key: `OSRELEASE`, `NUMBER(phys_base)`. */
  get(key: string): string | undefined;
  /** SYMBOL(name): an address, with KASLR's offset. */
  symbol(name: string): bigint | undefined;
  /** NUMBER(name): signed; decimal, or hexadecimal where written with 0x. */
  number(name: string): bigint | undefined;
  /** SIZE(name) in bytes. */
  size(name: string): number | undefined;
  /** OFFSET(struct.member) in bytes. */
  offset(member: string): number | undefined;
  /** LENGTH(name): elements of an array. */
  length(name: string): number | undefined;
  /** KERNELOFFSET: what KASLR added to the kernel's text. */
  readonly kernelOffset: bigint | undefined;
}

/** The kernel keeps it in one page; makedumpfile and QEMU may pad it. */
const MAX_TEXT_BYTES = 64 << 10;

export function parseVmcoreinfo(text: string): Vmcoreinfo {
  const values = new Map<string, string>();
  for (const line of text.slice(0, MAX_TEXT_BYTES).split('\n')) {
    const equals = line.indexOf('=');
    // The kernel writes a key once; should one come again, the first holds.
    if (equals > 0 && !values.has(line.slice(0, equals)))
      values.set(line.slice(0, equals), line.slice(equals + 1).trim());
  }
  const get = (key: string) => values.get(key);
  const count = (key: string) => smallNumber(get(key));
  return {
    text,
    get,
    symbol: (name) => hexadecimal(get(`SYMBOL(${name})`)),
    number: (name) => signedNumber(get(`NUMBER(${name})`)),
    size: (name) => count(`SIZE(${name})`),
    offset: (member) => count(`OFFSET(${member})`),
    length: (name) => count(`LENGTH(${name})`),
    kernelOffset: hexadecimal(get('KERNELOFFSET')),
  };
}

const START = Buffer.from('OSRELEASE=', 'latin1');

/**
 * VMCOREINFO in memory, for dumps whose notes lack it (QEMU without `-device vmcoreinfo`): the kernel keeps it in a
 * page of its own, `vmcoreinfo_data`, that starts with OSRELEASE=. Reads each page that the dump has, until it is
 * found.
 * @param maxPages how many pages are looked at: the kernel's page lies in the first gigabytes, where early allocations
 *   are
 */
export function findVmcoreinfo(memory: PhysicalMemory, maxPages = 4 << 20): string | undefined {
  for (const { bytes } of memory.stored(maxPages)) {
    const text = START.equals(bytes.subarray(0, START.length)) ? vmcoreinfoText(bytes) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

/**
 * The text at the start of `bytes` where it is VMCOREINFO: other pages may start with the same word (a log, a tool's
 * own copy).
 */
export function vmcoreinfoText(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0);
  const text = Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end)).toString('latin1');
  const looksRight =
    text.startsWith('OSRELEASE=') && /^PAGESIZE=\d+$/m.test(text) && /^SYMBOL\(\w+\)=[0-9a-f]+$/m.test(text);
  return looksRight ? text : undefined;
}

function hexadecimal(value: string | undefined): bigint | undefined {
  return value !== undefined && /^(0x)?[0-9a-f]{1,16}$/i.test(value)
    ? BigInt(value.startsWith('0x') ? value : `0x${value}`)
    : undefined;
}

function signedNumber(value: string | undefined): bigint | undefined {
  const match = value === undefined ? null : /^(-?)(0x[0-9a-f]{1,16}|\d{1,20})$/i.exec(value);
  if (match === null) return undefined;
  const magnitude = BigInt(match[2]!);
  return match[1] === '-' ? -magnitude : magnitude;
}

function smallNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
