import type { OomReport } from '../model.js';
import { EventAssembler } from './assembler.js';
import { LineScanner, type LogSource } from './source.js';

/**
 * The memory reports in a log, in the order of their first lines: OOM kills, page allocation failures, and the state
 * that sysrq-m prints. Any text is taken: nothing throws, nothing is refused; memory in use does not grow with the
 * text. A report is given when nothing more can come to it, at the latest at the end.
 */
export async function* explainLog(source: LogSource): AsyncGenerator<OomReport> {
  const ready: OomReport[] = [];
  const assembler = new EventAssembler((report) => ready.push(report));
  const scanner = new LineScanner(assembler);
  const pieces = typeof source === 'string' || source instanceof Uint8Array ? [source] : source;
  for await (const piece of pieces) {
    scanner.take(typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece);
    yield* ready.splice(0);
  }
  scanner.end();
  assembler.end();
  yield* ready;
}

/** The same of a text that is in memory already. */
export function reportsIn(text: string | Uint8Array): OomReport[] {
  const reports: OomReport[] = [];
  const assembler = new EventAssembler((report) => reports.push(report));
  const scanner = new LineScanner(assembler);
  scanner.take(typeof text === 'string' ? Buffer.from(text, 'utf8') : text);
  scanner.end();
  assembler.end();
  return reports;
}
