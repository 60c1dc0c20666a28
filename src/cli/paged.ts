import { spawn } from 'node:child_process';
import { once } from 'node:events';

type Write = (pieces: Iterable<string>) => Promise<void>;

/** Through $PAGER, or less, which leaves at once where all fits on the screen; without a pager by `writeAll`. */
export async function writePaged(pieces: Iterable<string>, writeAll: Write): Promise<void> {
  const pager = process.env['PAGER'] ?? 'less -RFX';
  if (pager === '' || pager === 'cat') return writeAll(pieces);
  const child = spawn(pager, { shell: true, stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  // A pager that is left before the end, or Ctrl-C in it, is its own affair.
  child.stdin.on('error', () => undefined);
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  try {
    const text = [...pieces].join('');
    child.stdin.end(text);
    const [code] = await ended;
    if (code === 126 || code === 127) await writeAll([text]);
  } finally {
    process.off('SIGINT', ignore);
  }
}
