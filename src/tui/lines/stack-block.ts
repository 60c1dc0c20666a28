import type { Stack, StackFrame } from '../../words/views.js';
import { address } from '../../report/format-value.js';
import { wrap } from '../../report/lay-out-table.js';
import { frameInWords } from '../../report/render-text.js';
import { matcher } from './choose-rows.js';
import { entryLines, fixedBlock, plainLine, span, type Block, type Line, type NamedTarget } from './line.js';
import { isOpen, type Room, type ShownView } from './view-state.js';
import { shownText } from './shown-text.js';
import { counted } from '../../words/quantity.js';

/** More stacks than this are closed at first: one line each says enough to choose. */
const openAtFirst = 4;

/** Stacks, folded: the title, then the frames, then what a frame holds. */
export function stackBlock({ view, key }: ShownView, room: Room): Block {
  if (view.kind !== 'stack') throw new Error(`${view.kind} is no stack`);
  const matches = matcher(room.look.filter);
  const lines = view.stacks.flatMap((stack, at) =>
    matches(searched(stack))
      ? [...stackLines(stack, `${key}:${at}`, room, !room.aside && view.stacks.length <= openAtFirst)]
      : [],
  );
  return fixedBlock(
    key,
    view.stacks.length > 0 || room.look.filter !== '' ? lines : [plainLine('no stacks', 'quiet')],
    key,
  );
}

/** What a filter looks into. */
function searched(stack: Stack): string {
  return [stack.title, ...stack.frames.map((frame) => frame.function ?? ''), ...(stack.sameAs ?? [])].join(' ');
}

function* stackLines(stack: Stack, fold: string, room: Room, openFirst: boolean): Generator<Line> {
  const open = isOpen(room.look, fold, openFirst);
  const top = stack.frames.find((frame) => frame.function !== undefined)?.function ?? '';
  const begins = open ? '' : `, ${shownText(top)}`;
  const fellows = stack.sameAs === undefined ? '' : `, and ${stack.sameAs.length} more with the same`;
  yield {
    spans: [
      span(open ? '▾ ' : '▸ ', 'quiet'),
      span(shownText(stack.title), 'heading'),
      span(`  ${counted(stack.frames.length, 'frame')}${begins}${fellows}`, 'quiet'),
    ],
    fold,
    detail: (width) => stackDetail(stack, width),
    ...(stack.door === undefined
      ? {}
      : {
          targets: [
            {
              label: `${shownText(stack.door.type)} ${address(stack.door.address)}`,
              target: { kind: 'door', door: stack.door },
            },
          ],
        }),
  };
  if (!open) return;
  for (const frame of stack.frames) yield* frameLines(frame, `${fold}/${frame.index}`, room);
  yield* endLines(stack, '    ', room.width);
}

function* endLines({ end, sameAs = [] }: Stack, lead: string, width: number): Generator<Line> {
  if (end !== undefined)
    yield* entryLines(
      wrap(`(${shownText(end)})`, Math.max(20, width - lead.length)).map((line) => plainLine(lead + line, 'warning')),
    );
  if (sameAs.length === 0) return;
  yield* entryLines(
    wrap(`the same stack: ${sameAs.map(shownText).join(', ')}`, Math.max(20, width - lead.length)).map((line) =>
      plainLine(lead + line, 'quiet'),
    ),
  );
}

/** The stack whole, for beside the list: frames that do not fit on a line go on below. */
function stackDetail(stack: Stack, width: number): Line[] {
  return [
    ...wrap(shownText(stack.title), width).map((line) => plainLine(line, 'heading')),
    ...stack.frames.flatMap((frame) =>
      wrap(shownText(frameInWords(frame)), Math.max(10, width - 4)).map((line, at) =>
        plainLine(at === 0 ? line : `    ${line}`, frame.found === 'scanned' ? 'quiet' : undefined),
      ),
    ),
    ...endLines(stack, '', width),
  ];
}

function* frameLines(frame: StackFrame, fold: string, { look, width }: Room): Generator<Line> {
  const details = detailsOf(frame, width);
  const open = details.length > 0 && isOpen(look, fold, false);
  const mark = details.length === 0 ? '    ' : open ? '  ▾ ' : '  ▸ ';
  yield {
    spans: [span(mark, 'quiet'), span(shownText(frameInWords(frame)), frame.found === 'scanned' ? 'quiet' : undefined)],
    targets: frameTargets(frame),
    ...(details.length === 0 ? {} : { fold }),
  };
  if (open) for (const line of details) yield { ...line, part: 'goesOn' };
}

/** From here on addresses are the kernel's, whose page tables are read; below is user space, or a bare number. */
const kernelHalf = 1n << 63n;

function frameTargets({ ip, sp, registers = {} }: StackFrame): readonly NamedTarget[] {
  const places = [['ip', ip], ['sp', sp ?? 0n], ...Object.entries(registers)] as const;
  return places
    .filter(([, value]) => BigInt.asUintN(64, value) >= kernelHalf)
    .map(([name, value]) => ({
      label: `${shownText(name)} ${address(value)}`,
      target: { kind: 'question', text: address(value) },
    }));
}

function detailsOf(frame: StackFrame, width: number): Line[] {
  const lines: Line[] = [];
  for (const { name, value } of [...(frame.arguments ?? []), ...(frame.locals ?? [])])
    lines.push(plainLine(`        ${shownText(name)} = ${shownText(value)}`));
  const registers = Object.entries(frame.registers ?? {}).map(
    ([name, value]) => `${shownText(name)}=${address(value)}`,
  );
  if (registers.length > 0)
    for (const line of wrap(registers.join(' '), Math.max(30, width - 8)))
      lines.push(plainLine(`        ${line}`, 'address'));
  return lines;
}
