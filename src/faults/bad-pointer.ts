import type { MemoryArchitecture } from '../arch/architecture.js';

/** What is known of addresses: the architecture's regions, and what the dump maps. */
export interface AddressSpaces extends Pick<MemoryArchitecture, 'kernelStart' | 'modules'> {
  /** false where it is not known. */
  readonly isUnmapped: (address: bigint) => boolean;
  /** Whether code was there that is freed, though its page is mapped still. */
  readonly isFreedCode?: (address: bigint) => boolean;
  /** Of an address that nothing maps: which of the kernel's regions it is of. */
  readonly hole?: (address: bigint) => string | undefined;
  /** Modules that are gone: "acme (OE) was unloaded last"; undefined where that is not known. */
  readonly unloaded?: (() => string | undefined) | undefined;
}

/**
 * What the value of a pointer says of how it came to be wrong: "a NULL pointer", "SLUB’s poison of freed memory".
 * undefined where it says nothing: it looks like any address.
 */
export function badPointerInWords(where: AddressSpaces, value: bigint): string | undefined {
  const says = valueInWords(value);
  if (says !== undefined) return says;
  if (value < USER_END) return 'an address of user space';
  if (!isCanonical(value)) return 'no canonical address';
  if (value < where.kernelStart) return 'no address of the kernel';
  return isOfNoModule(where, value) ? ofNoModule(where) : where.hole?.(value);
}

/** The same of a value of 64 bits that is no address of any architecture's; undefined where it may be one. */
export function valueInWords(value: bigint): string | undefined {
  if (value === 0n) return 'a NULL pointer';
  const error = errorOf(value);
  if (error !== undefined) return error;
  const poison = patterns.find(({ is }) => is(value));
  if (poison !== undefined) return poison.words;
  const text = textOf(value);
  if (text !== undefined) return `the text “${text}”, where a pointer should be`;
  if (value < SMALL) return 'an offset from NULL';
  return value < UNMAPPED ? 'an address of the first 64 KiB, which as a rule is a large offset from NULL' : undefined;
}

/** Whether it lies so little below zero that it may be an error, or what stands before a member of NULL. */
export function isBelowZero(value: bigint): boolean {
  const number = -BigInt.asIntN(64, value);
  return number >= 1n && number <= MAX_ERRNO;
}

function ofNoModule({ unloaded }: AddressSpaces): string {
  const gone = unloaded?.();
  return `an address of module space where no module is (${gone ?? 'any more'})`;
}

/** What was unloaded, and what was never there. */
export function isOfNoModule(where: AddressSpaces, value: bigint): boolean {
  const { start, end } = where.modules;
  return value >= start && value < end && (where.isUnmapped(value) || where.isFreedCode?.(value) === true);
}

/** Whether a processor takes it for an address at all: bits 56 to 63 are the same, be there five levels of tables. */
export function isCanonical(value: bigint): boolean {
  const high = value >> 56n;
  return high === 0n || high === 0xffn;
}

/** The first page is never mapped: what lies there is an offset from NULL. */
const SMALL = 4096n;
/** DEFAULT_MMAP_MIN_ADDR of distributions. */
const UNMAPPED = 0x10000n;
const USER_END = 1n << 47n;
const MAX_ERRNO = 4095n;

/** IS_ERR(), include/linux/err.h. What is no error that callers are given often may as well be container_of() NULL. */
function errorOf(value: bigint): string | undefined {
  if (!isBelowZero(value)) return undefined;
  const number = Number(-BigInt.asIntN(64, value));
  const name = errorNames[number];
  return name === undefined
    ? `${number} below NULL: an error used as a pointer, or what has a member at NULL`
    : `the error -${name}, used as a pointer`;
}

/** include/uapi/asm-generic/errno-base.h, those that the kernel gives its own callers most. */
const errorNames: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  4: 'EINTR',
  5: 'EIO',
  6: 'ENXIO',
  11: 'EAGAIN',
  12: 'ENOMEM',
  13: 'EACCES',
  14: 'EFAULT',
  16: 'EBUSY',
  17: 'EEXIST',
  19: 'ENODEV',
  20: 'ENOTDIR',
  22: 'EINVAL',
  28: 'ENOSPC',
  95: 'EOPNOTSUPP',
  110: 'ETIMEDOUT',
  512: 'ERESTARTSYS',
  517: 'EPROBE_DEFER',
};

/** POISON_POINTER_DELTA of 64-bit kernels. */
const DELTA = 0xdead_0000_0000_0000n;
/** A member behind a poisoned pointer lies no further from it. */
const MEMBER = 0x1000n;

function near(poison: bigint): (value: bigint) => boolean {
  return (value) => value >= poison && value < poison + MEMBER;
}

/** arm64 reports addresses without the byte of their tag: its bits are all 0 or all 1 then. */
const TAG = 0xff00_0000_0000_0000n;

function filledWith(byte: number): (value: bigint) => boolean {
  const whole = BigInt(`0x${byte.toString(16).padStart(2, '0').repeat(8)}`);
  const untagged = whole & ~TAG;
  return (value) => [whole, untagged, untagged | TAG].some((filled) => value >> 16n === filled >> 16n);
}

/** include/linux/poison.h; what is nearest is named first. */
const patterns: readonly { readonly is: (value: bigint) => boolean; readonly words: string }[] = [
  { is: (value) => value === DELTA + 0x122n, words: 'LIST_POISON2, of an entry that is in no list any more' },
  { is: (value) => value === DELTA + 0x100n, words: 'LIST_POISON1, of an entry that is in no list any more' },
  { is: near(DELTA), words: 'list poison, of an entry that is in no list any more' },
  { is: filledWith(0x6b), words: 'SLUB’s poison of freed memory (0x6b)' },
  { is: filledWith(0x5a), words: 'SLUB’s poison of memory that was never written to (0x5a)' },
  { is: filledWith(0xbb), words: 'SLUB’s red zone of a free object (0xbb)' },
  { is: filledWith(0xcc), words: 'SLUB’s red zone of an object in use, or the filling of code (0xcc)' },
  { is: filledWith(0xaa), words: 'the poison of freed pages (0xaa)' },
  {
    is: (value) => (value & 0xffff_ffffn) === 0xdead_4eadn || value >> 32n === 0xdead_4eadn,
    words: 'the magic of a spinlock',
  },
];

/** Six letters or more, the lowest address first. */
function textOf(value: bigint): string | undefined {
  const letters: string[] = [];
  for (let at = 0n; at < 64n; at += 8n) {
    const code = Number((value >> at) & 0xffn);
    if (code === 0 && letters.length >= 6 && value >> at === 0n) break;
    if (code < 0x20 || code > 0x7e) return undefined;
    letters.push(String.fromCharCode(code));
  }
  return letters.join('');
}
