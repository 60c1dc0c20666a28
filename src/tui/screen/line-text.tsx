import { Text } from 'ink';
import { useContext, type ReactElement } from 'react';
import { widthOf } from '../../report/lay-out-table.js';
import { cutSpans, type Span } from '../lines/line.js';
import { ThemeContext } from './theme.js';

interface Props {
  spans: readonly Span[];
  width: number;
  /** The line that the keys are about: inverse, over the whole width. */
  chosen?: boolean;
  /** Of a line that others make with it: filled up with blanks. */
  part?: boolean;
  /** Text that was searched for, in lower case. */
  search?: string;
}

/** One line of the screen, never wider than the screen. */
export function LineText({ spans, width, chosen = false, part = false, search = '' }: Props): ReactElement {
  const theme = useContext(ThemeContext);
  const cut = cutSpans(spans, width);
  const used = cut.reduce((sum, { text }) => sum + widthOf(text), 0);
  const pieces = search === '' ? cut.map((span) => ({ ...span, found: false })) : marked(cut, search);
  return (
    <Text {...(part ? {} : { wrap: 'truncate' })} inverse={chosen}>
      {pieces.map(({ text, meaning, found }, index) => (
        // oxlint-disable-next-line no-array-index-key -- pieces of a line have no other name
        <Text key={index} {...(meaning === undefined ? {} : theme[meaning])} {...(found ? { inverse: !chosen, underline: true } : {})}>{text}</Text>
      ))}
      {chosen || part || used === 0 ? ' '.repeat(Math.max(used === 0 ? 1 : 0, width - used)) : ''}
    </Text>
  );
}

/** Two lines beside each other as one line of the screen: a node for each would be laid out for each, at every key. */
export function SplitLine({ left, right, divider }: { left: Props; right: Props; divider: string }): ReactElement {
  return (
    <Text wrap="truncate">
      <LineText {...left} part />
      <LineText width={widthOf(divider)} part spans={[{ text: divider, meaning: 'quiet' }]} />
      <LineText {...right} part />
    </Text>
  );
}

/** Spans cut where what was searched for begins and ends; it may go over several. */
function marked(spans: readonly Span[], search: string): (Span & { found: boolean })[] {
  const whole = spans.map(({ text }) => text).join('').toLowerCase();
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
