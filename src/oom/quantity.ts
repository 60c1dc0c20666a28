import type { Count } from './model.js';

/** Quantities in words: the only place where oom/ turns numbers into text. */

const units = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** 11172224 to "10.65 GiB"; three or four figures, as much as a reader takes in. */
export function kB(count: Count): string {
  let value = Number(count);
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${figures(value, unit)} ${units[unit]}`;
}

export function bytes(count: Count): string {
  const value = Number(count);
  return value < 1024 ? `${value} bytes` : kB(value / 1024);
}

/** The kernel's own unit, for arithmetic lines that can be held against its report: "59900 kB". */
export function exactKB(count: Count): string {
  return `${count} kB`;
}

/** 0.953 to "95 %"; under one in a hundred with one decimal, so that a small share does not look like none. */
export function share(part: Count, whole: Count): string {
  const percent = (Number(part) / Number(whole)) * 100;
  if (!Number.isFinite(percent)) return 'none';
  if (percent > 0 && percent < 0.1) return 'under 0.1 %';
  return `${percent < 10 ? percent.toFixed(1).replace(/\.0$/, '') : Math.round(percent)} %`;
}

/** "a", "a and b", "a, b and c". */
export function list(parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]!}`;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

function figures(value: number, unit: number): string {
  if (unit === 0) return String(Math.round(value));
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  return trimmed(value.toFixed(size >= 20 ? 1 : 2));
}

function trimmed(text: string): string {
  return text.replace(/\.?0+$/, '');
}
