import type { Section } from '../plugin/section.js';
import { oneLine } from '../report/escape.js';
import { endWith, exitStatus } from './exit-status.js';
import { plugins } from '../app/plugins.js';

/** What of a question counts for how far it was answered. */
export interface Asked {
  /** What the dump's file shows of its own incompleteness. */
  defects: readonly string[];
  /** Each section was asked for by its name, not as part of the whole report. */
  named?: boolean;
  /** A thing was asked for by its name: what could not be read is then missing from the answer itself. */
  arguments?: boolean;
}

/**
 * Sets the exit status, and says on stderr what keeps it from being "answered". A bundled plugin that broke is a bug of
 * ours, though the rest was answered; a user's own is a part that is not.
 */
export async function noteOutcome(
  sections: readonly Section[],
  { defects, named = false, arguments: byName = false }: Asked,
): Promise<void> {
  const { registry } = await plugins();
  for (const { plugin, outcome, gaps } of sections) {
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
        if (byName && gaps.length > 0)
          inPart(
            `${plugin}: ${gaps
              .map(({ what, reason }) => `${what}: ${reason}`)
              .slice(0, 1)
              .join()}${gaps.length > 1 ? ` (and ${gaps.length - 1} more)` : ''}`,
          );
        break;
      default:
        outcome satisfies never;
    }
  }
  for (const defect of defects) inPart(defect);
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
