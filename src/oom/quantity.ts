import type { Count } from './model.js';

/** Quantities as the arithmetic of a verdict tells them; sizes for people are told by words/quantity. */

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
