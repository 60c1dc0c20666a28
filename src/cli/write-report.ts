import { once } from 'node:events';
import { extname } from 'node:path';
import { InputError } from '../bytes/input-error.js';
import { oneLine } from '../report/escape.js';
import { coloured, plain } from '../report/paint.js';
import type { TextOptions } from '../report/render-text.js';
import { formatByEnding, reportFormats, usualEndings, type ReportFormat } from '../report/render.js';
import { list } from '../words/quantity.js';
import type { CommonValues } from '../app/common-flags.js';
import { inputsOf } from './inputs.js';
import { joined } from '../app/join-pieces.js';
import { endProgress } from '../app/progress.js';
import { fileBehind, print } from './standard-output.js';

type OutputFlags = Pick<CommonValues, 'format' | 'output'>;

/** What looks like the ending that names a format; of `vmcore-6.1.192-lab` the last part does not. */
const endingForm = /^\.[a-z][a-z\d]{0,7}$/;

/**
 * What --format says, else the -o file's name, else text. @throws InputError where the name ends in no format that
 * there is
 */
export function formatOf({ format, output }: OutputFlags): ReportFormat {
  if (format !== undefined) return format as ReportFormat;
  if (output === undefined) return 'text';
  const ending = extname(output).toLowerCase();
  const named = formatByEnding(ending);
  if (named === undefined && endingForm.test(ending)) {
    throw new InputError(
      `-o ${output}: ${ending} is no format of a report; end the name in ${list(usualEndings, 'or')}, or say which by --format`,
    );
  }
  return named ?? 'text';
}

/**
 * --format is heeded, and whoever opens the file by its name will wonder. A plugin's own format is a text of some kind.
 */
function noteOtherForm(output: string, format: string): void {
  const named = formatByEnding(extname(output));
  const isOwn = !reportFormats.some((known) => known === format);
  if (named !== undefined && named !== (isOwn ? 'text' : format))
    process.stderr.write(
      `oompm: ${oneLine(`-o ${output} is written as ${format}, as --format says, not as its name says`)}\n`,
    );
}

/** Names of one's own standard output, which may be a pipe, a terminal or a file that something else has open. */
const standardOutput: ReadonlySet<string> = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

/** Where a report goes. Made before the work begins: a file that can't be written is known at once. */
export interface ReportTarget {
  readonly text: TextOptions;
  write(pieces: Iterable<string>): Promise<void>;
}

/**
 * @throws InputError where the file's name ends in no format, or what is there must not be lost
 * @throws SurroundingsError where the file can't be written
 */
export async function reportTarget(flags: CommonValues, words: readonly string[]): Promise<ReportTarget> {
  const format = formatOf(flags);
  if (flags.output !== undefined && !standardOutput.has(flags.output)) {
    const file = await (await import('./output-file.js')).openOutput(flags.output, inputsOf(words, flags));
    noteOtherForm(flags.output, format);
    return {
      text: {
        width: Infinity,
        paint: flags.color === 'always' ? coloured : plain,
        raw: flags.raw,
        evidence: flags.evidence,
      },
      write: (pieces) => file.write(pieces),
    };
  }
  const refuse = await refusal(words, flags);
  const terminal = process.stdout.isTTY;
  // It can neither paint nor move its cursor, as less wants it to.
  const isDumb = process.env['TERM'] === 'dumb';
  const painted =
    flags.color === 'always' || (flags.color === 'auto' && terminal && !process.env['NO_COLOR'] && !isDumb);
  return {
    text: {
      width: terminal ? Math.max(80, process.stdout.columns) : Infinity,
      paint: painted ? coloured : plain,
      raw: flags.raw,
      evidence: flags.evidence,
    },
    async write(pieces) {
      // What was found on the way is known by now, as with -o.
      refuse?.();
      await (terminal && !isDumb && format === 'text' ? writePaged(pieces) : writeAll(pieces));
    },
  };
}

/** Standard output may lead into what is read: asked again where the words were parsed and plugins loaded. */
async function refusal(words: readonly string[], flags: CommonValues): Promise<(() => void) | undefined> {
  if (fileBehind(1) === undefined) return undefined;
  const { refuseStreams } = await import('./stream-into-input.js');
  const isInput = inputsOf(words, flags);
  refuseStreams(isInput);
  return () => refuseStreams(isInput);
}

async function writeAll(pieces: Iterable<string>): Promise<void> {
  endProgress();
  for (const text of joined(pieces)) if (!print(text)) await once(process.stdout, 'drain');
}

/** The code for it is loaded where there is a terminal: node:child_process takes 5 ms to load. */
async function writePaged(pieces: Iterable<string>): Promise<void> {
  endProgress();
  await (await import('./paged.js')).writePaged(pieces, writeAll);
}
