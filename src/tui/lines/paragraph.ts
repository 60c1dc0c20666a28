import { cutAtWord, wrap } from '../../report/lay-out-table.js';
import { fixedBlock, passive, plainLine, type Block } from './line.js';
import { shownText } from './shown-text.js';
import { widestProse, type Room } from './view-state.js';

/** More of a small screen is for what the findings say each: there the rest of a long paragraph can be read too. */
const shareOfParagraph = 0.4;

/** The answer in three sentences at most, and what parts it from the findings; nothing where there is none. */
export function paragraphBlocks(sentences: readonly string[], room: Room): Block[] {
  if (sentences.length === 0) return [];
  const width = Math.min(room.width, widestProse);
  const most = Math.max(1, Math.floor(room.height * shareOfParagraph));
  const all = wrap(shownText(sentences.join(' ')), width);
  const lines = all.length <= most ? all : [...all.slice(0, most - 1), cutAtWord(all.slice(most - 1).join(' '), width)];
  return [passive(fixedBlock('paragraph', [...lines.map((line) => plainLine(line, 'heading')), plainLine('')]))];
}
