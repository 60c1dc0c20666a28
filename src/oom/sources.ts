import type { OomReport } from './model.js';

/**
 * Where a value of a report stands: "memory: usage, in the log, lines 12 to 60". `what` is the kernel's own word for
 * it.
 */
export function readIn({ source, lines }: OomReport, what: string): string {
  const where =
    source === 'memory' ? 'memory' : lines === undefined ? 'the log' : `the log, lines ${lines.first} to ${lines.last}`;
  return `${what}, in ${where}`;
}
