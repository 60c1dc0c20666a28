import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createWriteStream, openSync, realpathSync } from 'node:fs';
import { extname } from 'node:path';
import type { Writable } from 'node:stream';
import { InputError } from '../bytes/input-error.js';
import { coloured, plain } from '../report/paint.js';
import type { TextOptions } from '../report/render-text.js';
import type { ReportFormat } from '../report/render.js';
import type { CommonValues } from './common-flags.js';
import { endProgress } from './progress.js';

type OutputFlags = Pick<CommonValues, 'format' | 'output' | 'color'>;

const formatByName: Readonly<Record<string, ReportFormat>> = { '.json': 'json', '.md': 'md', '.html': 'html', '.htm': 'html' };

/** What --format says, else the -o file's name, else text. */
export function formatOf({ format, output }: OutputFlags): ReportFormat {
  if (format !== undefined) return format as ReportFormat;
  return (output === undefined ? undefined : formatByName[extname(output).toLowerCase()]) ?? 'text';
}

/** Where a report goes. Made before the work begins: a file that can't be written is known at once. */
export interface ReportTarget {
  readonly text: TextOptions;
  write(pieces: Iterable<string>): Promise<void>;
}

/** @throws InputError where the file can't be written, or is one of those that are read */
export function reportTarget(flags: OutputFlags, inputs: readonly string[]): ReportTarget {
  if (flags.output !== undefined) {
    const stream = openOutput(flags.output, inputs);
    return {
      text: { width: Infinity, paint: flags.color === 'always' ? coloured : plain },
      write: async (pieces) => {
        await writeAll(stream, pieces);
        stream.end();
        await once(stream, 'close');
      },
    };
  }
  const terminal = process.stdout.isTTY;
  const painted = flags.color === 'always' || (flags.color === 'auto' && terminal && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb');
  return {
    text: { width: terminal ? Math.max(80, process.stdout.columns) : Infinity, paint: painted ? coloured : plain },
    write: (pieces) => terminal && formatOf(flags) === 'text' ? writePaged(pieces) : writeAll(process.stdout, pieces),
  };
}

function openOutput(path: string, inputs: readonly string[]): Writable {
  const real = realPath(path);
  if (inputs.some((input) => real !== undefined && realPath(input) === real)) throw new InputError(`-o ${path} is one of the files to be read; it was left as it is`);
  try {
    return createWriteStream(path, { fd: openSync(path, 'w') });
  } catch (error) {
    throw new InputError(`-o ${path} can't be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

async function writeAll(stream: Writable, pieces: Iterable<string>): Promise<void> {
  endProgress();
  // Small pieces are joined: a write for each row of a table takes longer than making it.
  let waiting = '';
  const flush = async (): Promise<void> => {
    const text = waiting;
    waiting = '';
    if (text !== '' && !stream.write(text)) await once(stream, 'drain');
  };
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length >= 64 * 1024) await flush();
  }
  await flush();
}

/** Through $PAGER, or less, which leaves at once where all fits on the screen. */
async function writePaged(pieces: Iterable<string>): Promise<void> {
  endProgress();
  const pager = process.env['PAGER'] ?? 'less -RFX';
  if (pager === '' || pager === 'cat') return writeAll(process.stdout, pieces);
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
    if (code === 126 || code === 127) await writeAll(process.stdout, [text]);
  } finally {
    process.off('SIGINT', ignore);
  }
}
