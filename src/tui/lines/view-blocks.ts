import { isEmpty } from '../../report/empty-view.js';
import { cutCell, widthOf, wrap } from '../../report/lay-out-table.js';
import { orderFindings } from '../../report/report.js';
import { chartBlock } from './chart-block.js';
import { matcher } from './choose-rows.js';
import { graphBlock } from './graph-block.js';
import { fixedBlock, passive, plainLine, span, type Block, type Line } from './line.js';
import { logBlock } from './log-block.js';
import { factsBlock, findingsBlock } from './prose-blocks.js';
import { stackBlock } from './stack-block.js';
import { columnsHidden, killedIn, rowsShown, tableBlock } from './table-block.js';
import { emptyLine, isOpen, type Room, type ShownView } from './view-state.js';
import { shownText } from './shown-text.js';
import { counted } from '../../words/quantity.js';

/**
 * A view with its title, whatever its kind: every plugin's screen is made of these. Nothing of one in which the filter
 * leaves nothing.
 */
export function viewBlocks(shown: ShownView, room: Room): Block[] {
  const { view, key } = shown;
  if (view.kind === 'findings' && view.findings.length === 0) return [];
  const body = bodyBlock(shown, room);
  if (room.look.filter !== '' && body.length === 0) return [];
  const foldable = view.kind === 'table' && view.folded === true;
  const isShown = !foldable || isOpen(room.look, key, room.look.filter !== '');
  const counts = countWords(shown, room, isShown);
  const title: Line = {
    spans: [
      ...(foldable ? [span(isShown ? '▾ ' : '▸ ', 'quiet')] : []),
      span(titleWithin(room.width - widthOf(counts) - (foldable ? 2 : 0), view.title), 'title'),
      span(counts, 'quiet'),
    ],
    ...(foldable ? { fold: key } : {}),
  };
  const titles = (
    foldable
      ? [passive(fixedBlock(`${key} gap`, [plainLine('')], key)), fixedBlock(`${key} title`, [title], key)]
      : [passive(fixedBlock(`${key} title`, [plainLine(''), title], key))]
  ).map(staying);
  if (!isShown) return titles;
  const note =
    'note' in view && view.note !== undefined && !(isEmpty(view) && room.empty !== undefined)
      ? [
          staying(
            passive(
              fixedBlock(
                `${key} note`,
                wrap(shownText(view.note), room.width).map((line) => plainLine(line, 'quiet')),
                key,
              ),
            ),
          ),
        ]
      : [];
  // Column titles scroll with the page, and stay in sight once they have reached the top.
  const header =
    body.pinned === undefined || body.pinned.length === 0
      ? []
      : [staying(passive(fixedBlock(`${key} header`, body.pinned, key)))];
  return [...titles, ...header, body, ...note];
}

/** What fits the screen stays where it is while the view is moved sideways. */
function staying(block: Block): Block {
  return { ...block, ownShift: true };
}

/** What is counted beside it stays whole. */
function titleWithin(width: number, title: string): string {
  const shown = shownText(title);
  return widthOf(shown) <= width ? shown : cutCell(shown, Math.max(1, width));
}

function bodyBlock(shown: ShownView, room: Room): Block {
  const { view, key } = shown;
  if (isEmpty(view)) {
    const empty = fixedBlock(key, room.look.filter === '' ? [plainLine(emptyLine(room), 'quiet')] : [], key);
    return room.empty === 'reading' ? passive(empty) : empty;
  }
  switch (view.kind) {
    case 'facts':
      return factsBlock(shown, room);
    case 'table':
    case 'tree':
      return tableBlock(shown, room);
    case 'log':
      return logBlock(shown, room);
    case 'stack':
      return stackBlock(shown, room);
    // Drawn as one: whole, or not at all.
    case 'chart':
      return wholeOrNone(chartBlock(shown, room), view.bars, room);
    case 'graph':
      return wholeOrNone(graphBlock(shown), view.nodes, room);
    // As the overview and all reports have them.
    case 'findings':
      return findingsBlock(key, orderFindings(view.findings), room);
    default:
      return view satisfies never;
  }
}

function wholeOrNone(block: Block, parts: readonly { label: string }[], { look }: Room): Block {
  const matches = matcher(look.filter);
  return look.filter === '' || parts.some(({ label }) => matches(label)) ? block : { ...block, length: 0 };
}

function countWords(shown: ShownView, room: Room, isShown: boolean): string {
  const rows = rowsShown(shown, room);
  if (rows === undefined) return '';
  const count = rows.all < 2 ? '' : rows.shown === rows.all ? `  ${rows.all}` : `  ${rows.shown} of ${rows.all}`;
  const hidden = isShown ? columnsHidden(shown, room) : 0;
  const killed = killedIn(shown, room);
  const killedWords = killed === 0 ? '' : `  ${killed} killed (/victim)`;
  return hidden === 0 ? count + killedWords : `${count}${killedWords}  ${counted(hidden, 'column')} hidden (→)`;
}
