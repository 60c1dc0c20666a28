/**
 * A type as `symbols/` writes it, taken apart: 'struct pglist_data *[]' has base 'struct pglist_data', one star, one
 * dimension.
 */
export interface DeclaredType {
  base: string;
  stars: number;
  dimensions: number;
}

export function parseDeclared(text: string): DeclaredType {
  let rest = text.trim();
  let dimensions = 0;
  while (rest.endsWith('[]')) {
    dimensions++;
    rest = rest.slice(0, -2).trimEnd();
  }
  let stars = 0;
  while (rest.endsWith('*')) {
    stars++;
    rest = rest.slice(0, -1).trimEnd();
  }
  return { base: rest, stars, dimensions };
}

/** The tag of 'struct x' or 'union x'. */
export function tagOf(base: string): string | undefined {
  return /^(?:struct|union) (\w+)$/.exec(base)?.[1];
}

/** Scalars whose 64 bits are used as such: ids, times, masks. All others are counts and become numbers. */
const WIDE = new Set(['u64', 's64', '__u64', 'unsigned long long', 'long long', 'atomic64_t', 'ktime_t']);

export function isWide(base: string): boolean {
  return WIDE.has(base);
}

const SIZES: Readonly<Record<string, { size: number; signed: boolean }>> = {
  bool: { size: 1, signed: false },
  char: { size: 1, signed: true },
  'unsigned char': { size: 1, signed: false },
  u8: { size: 1, signed: false },
  s8: { size: 1, signed: true },
  short: { size: 2, signed: true },
  'unsigned short': { size: 2, signed: false },
  u16: { size: 2, signed: false },
  s16: { size: 2, signed: true },
  int: { size: 4, signed: true },
  'unsigned int': { size: 4, signed: false },
  u32: { size: 4, signed: false },
  s32: { size: 4, signed: true },
  atomic_t: { size: 4, signed: true },
  pid_t: { size: 4, signed: true },
  long: { size: 8, signed: true },
  'unsigned long': { size: 8, signed: false },
  size_t: { size: 8, signed: false },
  atomic_long_t: { size: 8, signed: true },
  u64: { size: 8, signed: false },
  s64: { size: 8, signed: true },
  __u64: { size: 8, signed: false },
  'unsigned long long': { size: 8, signed: false },
  'long long': { size: 8, signed: true },
  atomic64_t: { size: 8, signed: true },
  ktime_t: { size: 8, signed: true },
};

/** Size and sign of a scalar by its name on LP64; undefined for names that only the kernel's types can tell. */
export function scalarByName(base: string): { size: number; signed: boolean } | undefined {
  return base.startsWith('enum ') ? { size: 4, signed: false } : SIZES[base];
}
