import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { folded, TextTimeline, timelineOfRecords } from 'oompm/timeline';
import { reportsIn } from 'oompm/oom';

import { eventKinds } from '../../src/timeline/kinds/all.js';

const forms = eventKinds.flatMap(({ forms, over = [] }) => [...forms, ...over]);
const pieces = [...new Set(forms.flatMap(({ needs }) => needs))];

test('no expression can try a line in more ways than its length times a bound', () => {
  for (const { line } of forms) {
    const source = line.source.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/g, (atom) => (atom.startsWith('\\') ? 'e' : 'c'));
    // From the beginning of the line, and nothing repeated without bound that repeats itself or is any text.
    expect(source.startsWith('^'), line.source).toBe(true);
    expect(source, line.source).not.toMatch(/\.[*+]/);
    expect(source, line.source).not.toMatch(/[*+]\)[*+{]|\}\)[*+]/);
    expect(source, line.source).not.toMatch(/([ec])[*+]\1[*+]/);
  }
});

test('every form has a piece that its lines hold, and is found by it', () => {
  expect(pieces.filter((piece) => piece.length < 2)).toEqual([]);
});

/** Words that events are made of, with what may stand between. */
const word = fc.oneof(
  fc.constantFrom(...pieces, '[#1]', 'CPU: 0 PID: 1 Comm: x Not tainted', 'RIP: 0010:f+0x1/0x2', ' f+0x1/0x2 [m]'),
  fc.constantFrom(
    '------------[ cut here ]------------',
    '---[ end trace 0 ]---',
    'INFO: ',
    'BUG: ',
    'WARNING: ',
    '0',
    ' ',
  ),
  fc.string({ maxLength: 30 }),
);
const line = fc.array(word, { maxLength: 6 }).map((words) => words.join(''));

test('any text gives a timeline, whose rows are its events in order', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (lines, size) => {
      const text = lines.join('\n');
      const reader = new TextTimeline();
      for (let at = 0; at < text.length; at += size) reader.take(text.slice(at, at + size));
      const { events } = reader.end(reportsIn(text));
      expect(folded(events).reduce((sum, { count }) => sum + count, 0)).toBe(events.length);
      for (const { lines: at } of events) expect(at!.first).toBeLessThanOrEqual(at!.last);
    }),
  );
});

test('any records give one too', () => {
  const record = fc.record({
    text: line,
    facility: fc.constantFrom(0, 0, 1, 3),
    timeNs: fc.nat(),
    caller: fc.constantFrom('T1', 'C0', 'C1'),
  });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), (records) => {
      for (const { kind, witness } of timelineOfRecords(records, []).events)
        if (witness === 'user space') expect(kind).toBe('daemon kill');
    }),
  );
});

test('a megabyte of any one piece, on one line or on many, is read', () => {
  for (const piece of [...pieces, 'a+0x1/0x2 ', '[<ffff>] ', ': ', '------------[ cut here']) {
    const long = piece.repeat(Math.ceil(20_000 / piece.length));
    const many = `${piece}x\n`.repeat(500);
    const reader = new TextTimeline();
    reader.take(`${long}\n${many}`);
    expect(reader.end([]).dropped).toBe(0);
  }
});
