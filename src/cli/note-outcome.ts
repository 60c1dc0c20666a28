import { isLack } from '../kernel/gaps.js';
import type { Gap } from '../words/gap.js';
import type { Section } from '../plugin/section.js';
import { oneLine } from '../report/escape.js';
import { list } from '../words/quantity.js';
import { endWith, exitStatus } from './exit-status.js';
import { plugins } from '../app/plugins.js';

/** What of a question counts for how far it was answered. */
export interface Asked {
  /** What the dump's file shows of its own incompleteness. */
  defects: readonly string[];
  /** Each section was asked for by its name, not as part of the whole report. */
  named?: boolean;
}

/**
 * Sets the exit status, and says on stderr what keeps it from being "answered": what is not whole of the file, a
 * section that did not come to its end, and one that lacks what could not be read. What this kernel has not is a part
 * of the answer only for who asked for it by name. A bundled plugin that broke is a bug of ours, though the rest was
 * answered; a user's own is a part that is not.
 */
export async function noteOutcome(sections: readonly Section[], { defects, named = false }: Asked): Promise<void> {
  const { registry } = await plugins();
  for (const defect of defects) inPart(defect);
  for (const { plugin, outcome } of sections) {
    const path = registry.pathOf(plugin);
    switch (outcome.kind) {
      case 'failed': {
        const reason = `${outcome.reason}${outcome.where === undefined || outcome.fault === 'dump' ? '' : ` in ${outcome.where}`}`;
        if (outcome.fault === 'dump') inPart(`${plugin}: ${reason}`);
        else if (path === undefined) await bug(`plugin ${plugin}: ${reason}`);
        else inPart(`plugin ${path} broke: ${reason}`);
        break;
      }
      case 'cut short':
        inPart(`${plugin}: ${outcome.reason}`);
        break;
      case 'unavailable':
        if (named) inPart(`${plugin}: ${outcome.reason}`);
        break;
      case 'done':
        break;
      default:
        outcome satisfies never;
    }
  }
  noteGaps(sections, named ? () => true : (gap) => !isLack(gap));
}

/** One line for all of them: the report has the rest. */
function noteGaps(sections: readonly Section[], counts: (gap: Gap) => boolean): void {
  const withGaps = sections
    .map(({ plugin, outcome, gaps }) => ({ plugin, gaps: outcome.kind === 'unavailable' ? [] : gaps.filter(counts) }))
    .filter(({ gaps }) => gaps.length > 0);
  const lines = new Set(withGaps.flatMap(({ gaps }) => gaps.map(({ what, reason }) => `${what}: ${reason}`)));
  const [first] = lines;
  if (first === undefined) return;
  const more = lines.size > 1 ? ` (and ${lines.size - 1} more)` : '';
  inPart(`${list(withGaps.map(({ plugin }) => plugin))}: ${first}${more}`);
}

/** Exit status 4, and what for. */
export function inPart(what: string): void {
  process.stderr.write(`oompm: answered in part: ${oneLine(what)}\n`);
  endWith(exitStatus.inPart);
}

async function bug(what: string): Promise<void> {
  const { reportBug } = await import('./report-bug.js');
  endWith(reportBug(what));
}
