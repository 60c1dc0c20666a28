import type { Action } from './actions.js';

/** A report of the mouse as xterm's SGR mode (1006) writes it, without its escape: `[<64;10;5M`. */
const report = /^\[<(\d+);(\d+);(\d+)([Mm])$/;
/** So many lines a turn of the wheel moves. */
const wheelLines = 3;

/** What the mouse says: undefined where it is no report of a mouse; no action where it means nothing here. */
export function mouseActions(input: string): Action[] | undefined {
  const [, code, column, row, kind] = report.exec(input) ?? [];
  if (code === undefined) return undefined;
  // Shift, Alt and Ctrl are bits of their own.
  switch (Number(code) & ~0b11100) {
    case 64:
      return [{ kind: 'scroll', by: -wheelLines }];
    case 65:
      return [{ kind: 'scroll', by: wheelLines }];
    case 0:
      return kind === 'M' ? [{ kind: 'click', row: Number(row) - 1, column: Number(column) - 1 }] : [];
    default:
      return [];
  }
}
