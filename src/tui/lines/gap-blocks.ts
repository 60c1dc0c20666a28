import type { FoldedGaps } from '../../report/fold-gaps.js';
import { wrap } from '../../report/lay-out-table.js';
import { matcher } from './choose-rows.js';
import { entryLines, fixedBlock, passive, plainLine, span, type Block, type Line } from './line.js';
import { shownText } from './shown-text.js';
import type { Room } from './view-state.js';

/** Past these, the plugin's own screen has them all. */
const gapsShown = 30;

/** What could not be read, a line each; an address can be asked for. */
export function gapBlocks(all: readonly FoldedGaps[], room: Room, most = gapsShown): Block[] {
  const matches = matcher(room.look.filter);
  const gaps = all.filter(({ summary }) => matches(summary));
  if (gaps.length === 0) return [];
  const lines: Line[] = [];
  for (const { summary, address } of gaps.slice(0, most)) {
    const target =
      address === undefined
        ? {}
        : {
            targets: [
              {
                label: `0x${address.toString(16)}`,
                target: { kind: 'question' as const, text: `0x${address.toString(16)}` },
              },
            ],
          };
    lines.push(
      ...entryLines(
        wrap(shownText(summary), room.width).map((text, at) => ({
          ...plainLine(at === 0 ? text : `  ${text}`, 'warning'),
          ...target,
        })),
      ),
    );
  }
  if (gaps.length > most)
    lines.push(plainLine(`and ${gaps.length - most} more, on the screens of their plugins`, 'quiet'));
  const count = gaps.reduce((sum, { folded }) => sum + Math.max(folded.length, 1), 0);
  const title = [plainLine(''), { spans: [span('What could not be read', 'title'), span(`  ${count}`, 'quiet')] }];
  return [passive(fixedBlock('gaps title', title)), fixedBlock('gaps', lines)];
}
