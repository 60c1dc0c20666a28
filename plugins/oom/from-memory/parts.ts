import type { Kernel } from 'oompm';
import { lossesInWords, withGaps } from 'oompm/linux';
import type { ReportPart } from 'oompm/oom';

/** Reads a report part by part. One that can't be read is left out; one of which not all could be read is told in `incomplete`. */
export class Parts {
  readonly incomplete: Partial<Record<ReportPart, string>> = {};

  constructor(readonly kernel: Kernel) {}

  read<T>(part: ReportPart, read: () => T): T | undefined {
    const { result, gaps } = withGaps(this.kernel, () => this.kernel.attempt(part, read));
    const met = lossesInWords(gaps);
    if (met !== undefined) this.incomplete[part] ??= met;
    return result;
  }
}
