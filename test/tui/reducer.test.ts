import { describe, expect, test } from 'vitest';

import { fact, facts, findings, log } from '../../src/plugin/make-views.js';
import type { Outcome } from '../../src/plugin/section.js';
import { lineText } from '../../src/tui/lines/line.js';
import { lineAt } from '../../src/tui/lines/page-lines.js';
import { linesOf } from '../../src/tui/state/page-blocks.js';
import { pageOf } from '../../src/tui/state/state.js';
import { firstState, update } from '../../src/tui/state/update.js';
import { facts as dumpFacts, numbers, plugin, runOf, ToySession } from './toy-state.js';

describe('the same action on the same state gives the same', () => {
  test('and leaves the state before as it was', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1');
    const { state } = session;
    const copy = structuredClone({ ...state, sections: {}, answers: {} });
    expect(update(state, { kind: 'move', by: 3 })).toEqual(update(state, { kind: 'move', by: 3 }));
    expect({ ...state, sections: {}, answers: {} }).toEqual(copy);
  });
});

describe('what comes in', () => {
  test('stays below the eye of one who has not moved, and leaves the line of one who has', () => {
    const found = (id: string, weight: number) =>
      findings(id, [
        { id, weight, certainty: 'certain', moment: 'dump', sentence: `it was ${id}`, evidence: ['because'] },
      ]);
    const session = new ToySession({ a: [found('first', 50)] }, undefined, [plugin('b'), plugin('c')]);
    expect(session.cursorLine).toContain('it was first');
    session.act({ kind: 'yielded', id: 'b', events: runOf(found('second', 90)) });
    expect(session.cursorLine).toContain('it was second');
    session.keys('jj');
    const line = session.cursorLine;
    session.act({ kind: 'yielded', id: 'c', events: runOf(facts('More', [fact('x', 'X', 'text', 'y')])) });
    expect(session.cursorLine).toBe(line);
  });

  test('keys that come before there is anything do not keep a page from opening where it should', () => {
    const session = new ToySession({}, undefined, [plugin('log')]).keys('jjG1j').keys('<pagedown>');
    const [view, batch, end] = runOf(
      log(
        'Log',
        Array.from({ length: 100 }, (_, n) => ({ timeNs: n * 1e9, level: 6, facility: 0, text: `line ${n}` })),
      ),
    );
    session.act({ kind: 'yielded', id: 'log', events: [view!] }).keys('jG');
    session.act({ kind: 'yielded', id: 'log', events: [batch!, end!] });
    expect(session.cursorLine).toContain('line 99');
    const opening = update(firstState(['vmcore'], { columns: 80, rows: 24 }), { kind: 'move', by: 1 }).state;
    expect(pageOf(opening).fresh).toBe(true);
  });

  test('rows that stream in are appended, and the sort holds', () => {
    const session = new ToySession({}, undefined, [plugin('numbers')]);
    const [view, batch, end] = runOf(numbers);
    session.act({ kind: 'yielded', id: 'numbers', events: [view!] }).keys('1');
    session.act({ kind: 'yielded', id: 'numbers', events: [batch!] }).keys('>');
    session.act({
      kind: 'yielded',
      id: 'numbers',
      events: [{ kind: 'batch', items: [{ cells: { n: 999, name: 'last' } }] }, end!],
    });
    expect(session.keys('g').cursorLine).toMatch(/^999 /);
    expect(session.lines).toHaveLength(203);
  });

  test('a run that failed says why, and what it yielded before stands', () => {
    const session = new ToySession({}, undefined, [plugin('a')]);
    session.act({
      kind: 'yielded',
      id: 'a',
      events: [
        ...runOf(numbers).slice(0, 2),
        {
          kind: 'end',
          outcome: { kind: 'failed', fault: 'dump', reason: 'page excluded' },
          gaps: [{ gap: true, what: 'zone.name', reason: 'not mapped' }],
        },
      ],
    });
    const text = session.keys('1').lines.join('\n');
    expect(text).toContain('a: not shown whole: page excluded');
    expect(text).toContain('zone.name: not mapped');
    expect(session.keys('0').lines.join('\n')).toContain('a: zone.name: not mapped');
  });
});

describe('export and command lines', () => {
  test('w asks for a name, and the effect carries the page', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1w');
    expect(session.state.mode).toMatchObject({ kind: 'input', text: 'oompm-numbers.txt' });
    session.keys('<enter>');
    expect(session.effects.at(-1)).toMatchObject({ kind: 'export', file: 'oompm-numbers.txt' });
  });

  test('y gives the command line, ready for a shell', () => {
    const session = new ToySession({ numbers: [numbers] }).keys('1y');
    expect(session.state.message?.text).toBe('sent to the clipboard: oompm numbers /dumps/vmcore');
    expect(session.effects.at(-1)).toEqual({ kind: 'copy', text: 'oompm numbers /dumps/vmcore' });
    session.keys('j<enter>');
    session
      .act({
        kind: 'answered',
        request: 1,
        title: 't',
        command: "oompm read VMCORE 0x1 --type 'struct thing'",
        events: [],
      })
      .keys('y');
    expect(session.state.commands).toEqual([
      'oompm numbers /dumps/vmcore',
      "oompm read /dumps/vmcore 0x1 --type 'struct thing'",
    ]);
  });
});

test('Ctrl-C leaves from anywhere, with 130', () => {
  for (const keys of ['', '?', '/abc', 'o', ':x']) {
    const session = new ToySession({ numbers: [numbers] }).keys(`1${keys}<ctrlc>`);
    expect(session.effects.at(-1)).toEqual({ kind: 'quit', code: 130 });
  }
});

test('while the dump is being opened nothing is told as an answer', () => {
  const opening = firstState(['/dumps/vmcore'], { columns: 80, rows: 24 });
  const told = (state: typeof opening): string =>
    Array.from({ length: linesOf(state).length }, (_, at) => lineText(lineAt(linesOf(state), at)!)).join('\n');
  expect(told(opening)).toBe('opening the dump…');
  const { state } = update(opening, { kind: 'found', dump: dumpFacts, plugins: [plugin('oom')], warnings: [] });
  expect(told(state)).toContain('still reading…');
  expect(told(state)).not.toMatch(/none|no plugin/);
  expect(new ToySession({ oom: [numbers] }).lines.join('\n')).toContain('no plugin found a cause');
});

test('a file that changes while it is read is told when it shows', () => {
  const sentence = 'The file has become shorter while it was read.';
  const session = new ToySession({ oom: [numbers] });
  const lines = session.lines.length;
  const changed = (): readonly string[] => session.act({ kind: 'defects', defects: [sentence] }).lines;
  expect(changed().filter((line) => line.includes(sentence))).toHaveLength(1);
  expect(changed().length).toBeGreaterThan(lines);
  expect(session.act({ kind: 'defects', defects: [] }).lines).toHaveLength(lines);
});

test('plugins that could not run have found no cause, and looked for none', () => {
  const ended = (outcomes: Readonly<Record<string, Outcome>>): string =>
    Object.entries(outcomes)
      .reduce(
        (session, [id, outcome]) => session.act({ kind: 'yielded', id, events: [{ kind: 'end', outcome, gaps: [] }] }),
        new ToySession(
          {},
          undefined,
          Object.keys(outcomes).map((id) => plugin(id)),
        ),
      )
      .lines.join('\n');
  const lacking = { kind: 'unavailable', reason: '`struct zone` is not known', fault: 'kernel' } as const;
  expect(ended({ oom: lacking, locks: lacking })).toContain('none was looked for: no plugin could run to its end');
  expect(ended({ oom: lacking, locks: { kind: 'done' } })).toContain(
    'no plugin found a cause, but not all ran to their end: oom',
  );
  expect(ended({ oom: { kind: 'failed', reason: 'page cut off', fault: 'dump' }, locks: { kind: 'done' } })).toContain(
    'not all ran to their end: oom',
  );
  const unread = new ToySession({}, undefined, [plugin('oom'), plugin('locks')])
    .act({
      kind: 'yielded',
      id: 'oom',
      events: [{ kind: 'end', outcome: { kind: 'done' }, gaps: [{ gap: true, what: 'log', reason: 'page cut off' }] }],
    })
    .act({ kind: 'yielded', id: 'locks', events: [{ kind: 'end', outcome: { kind: 'done' }, gaps: [] }] });
  expect(unread.lines.join('\n')).toContain('not all ran to their end: oom');
  expect(ended({ oom: { kind: 'unavailable', reason: 'it does not fit' }, locks: { kind: 'done' } })).toMatch(
    /no plugin found a cause(?!,)/,
  );
});
