import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';

import {
  chart,
  columns,
  fact,
  facts,
  findings,
  gap,
  graph,
  log,
  stacks,
  table,
  tree,
} from '../../src/plugin/make-views.js';
import type { View } from '../../src/words/views.js';
import { firstScreen } from '../../src/tui/first-screen.js';
import { frameOf } from './toy-screen.js';
import { ToySession } from './toy-state.js';

/** What a dump's text may hold that a terminal would act on, or that is not as wide as it is long. */
const evil = [
  '\u001b[2J\u001b]0;owned\u0007',
  '\u009b31mred',
  '\r\nnext',
  'a\u0000b\u0008\u0008',
  '\u202eltr\u2066',
  '日本語のプロセス',
  '👩‍💻🇯🇵⚠️',
  'e\u0301\u0301\u0301',
  '\u200b\u200d',
  '\ud800',
  'x'.repeat(1_000_000),
  '日'.repeat(20_000),
  '\u001b[31m'.repeat(1000),
];

function views(text: string): readonly View[] {
  return [
    findings(text, [{ id: text, weight: 90, certainty: 'certain', moment: 'dump', sentence: text, evidence: [text] }]),
    facts(text, [fact('a', text, 'text', text, { note: text }), fact('b', text, 'text', gap(text, text))]),
    table(
      text,
      columns([
        { key: 'a', title: text, type: 'text' },
        { key: 'b', title: 'B', type: 'integer' },
      ]),
      [{ cells: { a: text, b: 1 }, door: { type: text, address: 1n } }],
      { note: text },
    ),
    tree(text, columns([{ key: 'a', title: text, type: 'text' }]), [
      { cells: { a: text }, children: [{ cells: { a: text }, children: [] }] },
    ]),
    log(text, [
      { timeNs: 1, level: 1, caller: text, text },
      { text, remark: true },
    ]),
    stacks(text, [
      {
        title: text,
        frames: [
          {
            index: 0,
            ip: 1n,
            found: 'unwound',
            function: text,
            file: text,
            arguments: [{ name: text, value: text }],
            registers: { [text]: 1n },
          },
        ],
        end: text,
        sameAs: [text],
      },
    ]),
    chart(text, 'pages', [{ label: text, value: 3, marks: [{ label: text, value: 4 }] }]),
    graph(text, {
      nodes: [
        { id: 'a', label: text, kind: 'task' },
        { id: 'b', label: text, kind: 'lock' },
      ],
      edges: [
        { from: 'a', to: 'b', label: text },
        { from: 'b', to: 'a', label: text },
      ],
      cycles: [['a', 'b']],
    }),
  ];
}

describe.each(evil.map((text) => ({ text, name: JSON.stringify(text.slice(0, 12)) })))('$name', ({ text }) => {
  test('does no harm to any screen', () => {
    const session = new ToySession({ evil: views(text) });
    const sides = [
      '',
      '1',
      'G',
      '<pageup>',
      '<pageup>',
      'Zg',
      '<pagedown>',
      '<pagedown>',
      '<right>',
      '/a<enter>',
      'o',
      '<esc>',
      `:${text.slice(0, 50)}`,
    ];
    for (const keys of sides) {
      const frame = frameOf(session.keys(keys).state);
      expect(frame).toHaveLength(24);
      for (const line of frame) {
        expect(stringWidth(line)).toBeLessThanOrEqual(80);
        // oxlint-disable-next-line no-control-regex -- they are what must not come through
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }
    }
  });
});

test('a name of a file is printed as it is shown, before anything else is loaded', () => {
  // oxlint-disable-next-line no-control-regex -- they are what must not come through
  expect(firstScreen(['/tmp/\u001b[31mevil\u0007'], '0.1.0', 80)).not.toMatch(/\u001b|\u0007/);
});

test('a tree of 200 levels and a cycle of 10,000 locks are drawn', () => {
  let node = { cells: { a: 'leaf' }, children: [] as { cells: { a: string }; children: never[] }[] };
  for (let depth = 0; depth < 200; depth++) node = { cells: { a: `level ${depth}` }, children: [node as never] };
  const ids = Array.from({ length: 10_000 }, (_, at) => `n${at}`);
  const session = new ToySession({
    deep: [tree('Deep', columns([{ key: 'a', title: 'A', type: 'text' }]), [node])],
    ring: [
      graph('Ring', {
        nodes: ids.map((id) => ({ id, label: id, kind: 'lock' })),
        edges: ids.map((id, at) => ({ from: id, to: ids[(at + 1) % ids.length]!, label: 'held by' })),
        cycles: [ids],
      }),
    ],
  });
  expect(frameOf(session.keys('1G').state)).toHaveLength(24);
  expect(frameOf(session.keys('2G').state).join('\n')).toContain('more than can be drawn');
});
