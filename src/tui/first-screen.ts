import { statSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * What stands on the screen while the screens themselves are loaded, which takes longer than half a second: plain text,
 * and true. Nothing is imported for it.
 */
export function firstScreen(words: readonly string[], version: string, columns: number): string {
  const lines = [
    ` oompm ${version}`,
    '',
    ...words.map((word) => ` ${printable(basename(word))}  ${sizeOf(word)}`),
    '',
    ' opening…',
  ];
  return lines.map((line) => line.slice(0, Math.max(20, columns))).join('\r\n');
}

function sizeOf(path: string): string {
  try {
    const { size, mtime } = statSync(path);
    return `${(size / 1024 / 1024).toFixed(1)} MiB, written ${mtime.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  } catch {
    return '';
  }
}

/** A file's name may hold anything. */
function printable(name: string): string {
  return name.replaceAll(/[^\u0020-\u007e\u00a1-\u167f]/g, '?');
}
