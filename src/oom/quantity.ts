import type { Count } from './model.js';

/** 0.953 to "95 %"; under one in a hundred with one decimal, so that a small share does not look like none. */
export function share(part: Count, whole: Count): string {
  const percent = (Number(part) / Number(whole)) * 100;
  if (!Number.isFinite(percent)) return 'none';
  if (percent > 0 && percent < 0.1) return 'under 0.1 %';
  return `${percent < 10 ? percent.toFixed(1).replace(/\.0$/, '') : Math.round(percent)} %`;
}
