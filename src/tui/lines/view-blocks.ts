import { wrap } from '../../report/lay-out-table.js';
import { chartBlock } from './chart-block.js';
import { graphBlock } from './graph-block.js';
import { fixedBlock, passive, plainLine, span, type Block } from './line.js';
import { logBlock } from './log-block.js';
import { factsBlock, findingsBlock } from './prose-blocks.js';
import { stackBlock } from './stack-block.js';
import { rowsShown, tableBlock } from './table-block.js';
import type { Room, ShownView } from './view-state.js';
import { shownText } from './shown-text.js';

/** A view with its title, whatever its kind: every plugin's screen is made of these. */
export function viewBlocks(shown: ShownView, room: Room): Block[] {
  const { view, key } = shown;
  const title = passive(fixedBlock(`${key} title`, [plainLine(''), { spans: [span(shownText(view.title), 'title'), span(countWords(shown, room), 'quiet')] }], key));
  const note = 'note' in view && view.note !== undefined ? [passive(fixedBlock(`${key} note`, wrap(shownText(view.note), room.width).map((line) => plainLine(line, 'quiet')), key))] : [];
  const body = bodyBlock(shown, room);
  // Column titles scroll with the page, and stay in sight once they have reached the top.
  const header = body.pinned === undefined || body.pinned.length === 0 ? [] : [{ ...passive(fixedBlock(`${key} header`, body.pinned, key)), ownShift: true as const }];
  return [title, ...header, body, ...note];
}

function bodyBlock(shown: ShownView, room: Room): Block {
  const { view, key } = shown;
  switch (view.kind) {
    case 'facts': return factsBlock(shown, room);
    case 'table': case 'tree': return tableBlock(shown, room);
    case 'log': return logBlock(shown, room);
    case 'stack': return stackBlock(shown, room);
    case 'chart': return chartBlock(shown, room);
    case 'graph': return graphBlock(shown);
    case 'findings': return findingsBlock(key, view.findings, room);
    default: return view satisfies never;
  }
}

function countWords(shown: ShownView, room: Room): string {
  const rows = rowsShown(shown, room);
  if (rows === undefined || rows.all < 2) return '';
  return rows.shown === rows.all ? `  ${rows.all}` : `  ${rows.shown} of ${rows.all}`;
}
