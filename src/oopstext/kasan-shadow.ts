import type { MemoryAccess } from '../arch/architecture.js';

/** KASAN_SHADOW_OFFSET of x86_64, by which compilers make checks in place. */
const OFFSET = 0xdffffc0000000000n;
/** A byte of the shadow is of so many bytes of memory. */
const SCALE = 3n;

/**
 * The bytes of which code was about to use one or more, where it is KASAN's check before that which failed: the check
 * reads a byte of the shadow, whose address it makes of theirs. undefined where the access is the code's own.
 * @param said what KASAN says of it, since 5.10
 */
export function checkedRange(
  said: string | undefined,
  access: MemoryAccess | undefined,
): readonly [start: bigint, end: bigint] | undefined {
  const told = /\[(0x[0-9a-f]{1,16})-(0x[0-9a-f]{1,16})\]$/.exec(said ?? '');
  if (told !== null) return [BigInt(told[1]!), BigInt(told[2]!)];
  if (access?.address === undefined || access.bytes !== 1) return undefined;
  if (!access.parts.some(({ value }) => value === OFFSET)) return undefined;
  const start = BigInt.asUintN(64, (access.address - OFFSET) << SCALE);
  return [start, start + (1n << SCALE) - 1n];
}
