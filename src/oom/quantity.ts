import type { Count } from './model.js';

/**
 * 0.953 to "95 %"; under one in ten with one decimal, so that a small share does not look like none, and so that nearly
 * all does not look like all.
 */
export function share(part: Count, whole: Count): string {
  const percent = (Number(part) / Number(whole)) * 100;
  if (!Number.isFinite(percent)) return 'none';
  if (percent > 0 && percent < 0.1) return 'under 0.1 %';
  if (percent < 100 && Math.round(percent) === 100) return percent < 99.95 ? `${percent.toFixed(1)} %` : 'over 99.9 %';
  return `${percent < 10 ? percent.toFixed(1).replace(/\.0$/, '') : Math.round(percent)} %`;
}
