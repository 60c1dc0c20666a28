import type { Gap, Kernel } from 'oompm';
import { lossesInWords, withGaps } from 'oompm/linux';
import type { ReportPart } from 'oompm/oom';

/**
 * Reads a report part by part. One that can't be read is left out; one of which not all could be read is told in `incomplete`,
 * the smallest that it was: what befell `event.uid` is no matter of the rest of the event.
 */
export class Parts {
  readonly incomplete: Partial<Record<ReportPart, string>> = {};
  /** What parts within the one that is being read have met. */
  #within = new Set<string>();

  constructor(readonly kernel: Kernel) {}

  read<T>(part: ReportPart, read: () => T): T | undefined {
    const around = this.#within;
    this.#within = new Set();
    const { result, gaps } = withGaps(this.kernel, () => this.kernel.attempt(part, read));
    const met = lossesInWords(gaps.filter((gap) => !this.#within.has(keyOf(gap)) && (restOnModules.has(part) || !ofModules.has(gap.what))));
    if (met !== undefined) this.incomplete[part] ??= met;
    this.#within = new Set([...around, ...gaps.map(keyOf)]);
    return result;
  }
}

function keyOf({ what, reason }: Gap): string {
  return `${what}\0${reason}`;
}

/** zram's own symbols, and the code that victims' threads are in. */
const restOnModules: ReadonlySet<ReportPart> = new Set(['beyond.zram', 'beyond.victims']);
/** What stands in the way of a module's symbols: one that the kernel has not is looked for among these too, and no other part rests on any. */
const ofModules = new Set(['modules', 'list of module.list', 'module.kallsyms']);
