import type { Section } from '../plugin/section.js';
import { counted, list } from '../words/quantity.js';
import { defined } from '../words/defined.js';

/** What could not be read for one reason, over all sections; or one thing alone. */
export interface FoldedGaps {
  /**
   * In one line: "oom: init_task.tasks: page excluded from the dump", or how many there are of one cause and the first
   * of them.
   */
  summary: string;
  /** A line for each, where the summary does not name them all; else none. */
  folded: readonly string[];
  /** Of one thing alone, where it has one. */
  address?: bigint;
}

/** From so many lines of one cause on, the cause is the news and no longer each place. */
const FEW = 5;
const NAMED = 3;

/**
 * The gaps of all sections in their order, with many of one cause folded into one line where the first of them stands.
 */
export function foldGaps(sections: readonly Pick<Section, 'plugin' | 'gaps'>[]): FoldedGaps[] {
  const gaps = sections.flatMap(({ plugin, gaps }) =>
    gaps.map(({ what, reason, address }) => ({
      plugin,
      what,
      address,
      line: `${plugin}: ${what}: ${reason}`,
      cause: causeOf(reason),
    })),
  );
  const byCause = new Map<string, typeof gaps>();
  for (const gap of gaps) {
    const ofCause = byCause.get(gap.cause);
    if (ofCause === undefined) byCause.set(gap.cause, [gap]);
    else ofCause.push(gap);
  }
  return [...byCause].flatMap(([cause, ofCause]) => {
    if (ofCause.length <= FEW)
      return ofCause.map(({ line, address }) => ({
        summary: line,
        folded: [],
        ...defined({ address }),
      }));
    const places = [...new Set(ofCause.map(({ what }) => what))];
    const plugins = [...new Set(ofCause.map(({ plugin }) => plugin))];
    const summary = `${list(plugins)}: ${cause}, in ${counted(places.length, 'place')}: ${places.slice(0, NAMED).join('; ')}`;
    if (places.length <= NAMED) return [{ summary, folded: [] }];
    return [{ summary: `${summary}; and ${places.length - NAMED} more`, folded: ofCause.map(({ line }) => line) }];
  });
}

/** A reason without the address that it begins with, which is another for each gap. */
function causeOf(reason: string): string {
  return reason.replace(/^0x[\da-f]+: /, '');
}
