import { oneLine } from '../report/escape.js';

let shown = false;

/** What goes on, on the terminal's last line; nothing where stderr is no terminal, or one that can't clear a line. */
export function progress(what: string): void {
  if (!process.stderr.isTTY || process.env['TERM'] === 'dumb') return;
  shown = true;
  process.stderr.write(`\r\u001b[K${oneLine(what).slice(0, Math.max(0, process.stderr.columns - 2))}…`);
}

/** Takes the line away, before anything else is written. */
export function endProgress(): void {
  if (!shown) return;
  shown = false;
  process.stderr.write('\r\u001b[K');
}
