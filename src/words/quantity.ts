/** How quantities are told to people: the one place for it, so that one size does not read in two ways on a page. */

const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** Bytes, as "10.65 GiB": three or four figures, as many as a reader takes in. In a sentence nothing is "0 KiB". */
export function size(bytes: number | bigint): string {
  const given = Number(bytes);
  if (given === 0) return '0 KiB';
  if (Math.abs(given) < 1024) return counted(Math.round(given), 'byte');
  let value = given;
  let unit = -1;
  // By what will be shown: 1023.9 MiB is told as 1 GiB, not as 1024 MiB.
  while (Math.abs(Number(figures(value))) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${figures(value)} ${units[unit]}`;
}

/** `size` of what the kernel counts in kB, its word for 1024 bytes. */
export function sizeOfKB(kB: number | bigint): string {
  return size(Number(kB) * 1024);
}

/** "27 s", "340 ms" */
export function secondsInWords(ns: number): string {
  return ns >= 1e9 ? `${Math.round(ns / 1e8) / 10} s` : `${Math.round(ns / 1e6)} ms`;
}

/** "1 process", "2 processes": a count with its noun. */
export function counted(n: number | bigint, one: string, many = pluralOf(one)): string {
  return `${n} ${numbered(n, one, many)}`;
}

/** The word alone: "was" of one, "were" of more. */
export function numbered(n: number | bigint, one: string, many = pluralOf(one)): string {
  return Number(n) === 1 ? one : many;
}

/** "a", "a and b", "a, b and c". */
export function list(parts: readonly string[], between: 'and' | 'or' = 'and'): string {
  if (parts.length < 2) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} ${between} ${parts.at(-1)!}`;
}

/** Of a noun as English forms most of them; the others are given. */
function pluralOf(one: string): string {
  if (/(?:s|x|ch|sh)$/.test(one)) return `${one}es`;
  return /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`;
}

function figures(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 99.95) return value.toFixed(0);
  return String(Number(value.toFixed(magnitude >= 19.995 ? 1 : 2)));
}
