import { Text } from 'ink';
import { useContext, type ReactElement } from 'react';
import { widthOf } from '../../report/lay-out-table.js';
import type { Meaning } from '../../report/paint.js';
import { cutSpans, type Span } from '../lines/line.js';
import { ThemeContext } from './theme.js';

interface Props {
  spans: readonly Span[];
  width: number;
  /** The line that the keys are about: inverse, over the whole width. */
  chosen?: boolean;
  /** Text that was searched for, in lower case. */
  search?: string;
}

interface Piece {
  text: string;
  meaning: Meaning | undefined;
  found: boolean;
}

/** One line of the screen, never wider than the screen. */
export function LineText({ spans, width, chosen = false, search = '' }: Props): ReactElement {
  const theme = useContext(ThemeContext);
  const cut = cutSpans(spans, width);
  const used = cut.reduce((sum, { text }) => sum + widthOf(text), 0);
  const rest = chosen ? width - used : used === 0 ? 1 : 0;
  return (
    <Text wrap="truncate" inverse={chosen}>
      {joined(search === '' ? cut : marked(cut, search), rest).map(({ text, meaning, found }, index) =>
        meaning === undefined && !found ? (
          text
        ) : (
          // oxlint-disable-next-line no-array-index-key -- pieces of a line have no other name
          <Text
            key={index}
            {...(meaning === undefined ? {} : theme[meaning])}
            {...(found ? { inverse: !chosen, underline: true } : {})}
          >
            {text}
          </Text>
        ),
      )}
    </Text>
  );
}

/** Pieces that look alike as one, filled up with blanks: Ink styles, measures and compares each by itself. */
function joined(pieces: readonly (Span & { found?: boolean })[], blanks: number): Piece[] {
  const whole: Piece[] = [];
  for (const { text, meaning, found = false } of [...pieces, { text: ' '.repeat(Math.max(0, blanks)) }]) {
    const last = whole.at(-1);
    if (last !== undefined && last.meaning === meaning && last.found === found) last.text += text;
    else if (text !== '') whole.push({ text, meaning, found });
  }
  return whole;
}

/** Spans cut where what was searched for begins and ends; it may go over several. */
function marked(spans: readonly Span[], search: string): (Span & { found: boolean })[] {
  const whole = spans
    .map(({ text }) => text)
    .join('')
    .toLowerCase();
  const pieces: (Span & { found: boolean })[] = [];
  let start = 0;
  for (const span of spans) {
    const end = start + span.text.length;
    let at = start;
    while (at < end) {
      const before = whole.lastIndexOf(search, at);
      const inside = before >= 0 && at < before + search.length;
      const next = inside ? before + search.length : whole.indexOf(search, at + 1);
      const to = Math.min(end, next < 0 ? end : next);
      pieces.push({ ...span, text: span.text.slice(at - start, to - start), found: inside });
      at = to;
    }
    start = end;
  }
  return pieces;
}
