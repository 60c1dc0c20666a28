import { makeReport, type Report } from '../../src/report/report.js';
import type { Section } from '../../src/plugin/section.js';
import { columns, chart, fact, facts, findings, gap, graph, log, stacks, table, tree } from '../../src/index.js';
import { definePlugin, type View } from '../../src/index.js';
import { runPlugin } from '../../src/plugin/run-plugin.js';
import { kernelStub } from '../plugin/kernel-stub.js';

/** What a hostile comm, path or log line may hold. */
export const nasty =
  '\u001b[2J\u001b]0;owned\u0007<script>alert(1)</script> `x` | **b** [l](javascript:1) \u202eabc\r\n&amp;';

export function sectionOf(
  id: string,
  views: readonly View[],
  gaps: readonly { what: string; reason: string }[] = [],
): Section {
  const kernel = kernelStub();
  return runPlugin(
    kernel,
    definePlugin({
      id,
      summary: `About ${id}`,
      *run() {
        for (const { what, reason } of gaps) kernel.gap(what, reason);
        yield* views;
      },
    }),
    {},
  );
}

export function reportOf(sections: readonly Section[]): Report {
  return makeReport(
    '0.0.0',
    {
      files: ['vmcore'],
      format: 'kdump-compressed, header version 6, zlib',
      architecture: 'x86_64',
      release: '6.1.0-test',
      pageSize: 4096,
      defects: ['the file is shorter than its tables say'],
    },
    sections,
    'whole',
  );
}

/** Every kind of view, with `text` wherever text can stand. */
export function everyView(text: string): View[] {
  const list = columns([
    { key: 'comm', title: text, type: 'task' },
    { key: 'rss', title: 'RSS', type: 'pages' },
    { key: 'mm', title: 'MM', type: 'address', dispensable: 2 },
    { key: 'flags', title: 'FLAGS', type: 'flags', dispensable: 1 },
    { key: 'big', title: 'BIG', type: 'integer' },
  ]);
  const cells = { comm: text, rss: 1234, mm: 0xffff888000001000n, flags: [text, 'b'], big: 2n ** 60n };
  return [
    facts(
      text,
      [
        fact('a', text, 'text', text, { note: text }),
        fact('b', 'Free', 'pages', 59_900),
        fact('c', 'Gone', 'kB', gap('zone', text, 0x10n)),
        fact('d', 'None', 'bytes', null),
      ],
      { headline: 'end' },
    ),
    table(
      text,
      list,
      [
        { cells, door: { type: 'task_struct', address: 0xffff888000002000n } },
        { cells: { ...cells, rss: gap('rss', text), mm: null } },
      ],
      { note: text },
    ),
    tree(text, list, [
      {
        cells,
        children: [
          { cells, children: [] },
          { cells, children: [{ cells, children: [] }] },
        ],
      },
    ]),
    log(text, [
      { timeNs: 12_345_678_900, level: 3, caller: 'T1', sequence: 7, text: `${text}\nsecond line` },
      { text: 'lost', remark: true },
    ]),
    stacks(text, [
      {
        title: text,
        end: text,
        sameAs: [text],
        frames: [
          {
            index: 0,
            ip: 0xffffffff81000010n,
            sp: 0xffffc90000003f00n,
            function: text,
            offset: 16,
            module: text,
            found: 'registers',
            file: text,
            line: 3,
            registers: { ax: 1n },
          },
          { index: 1, ip: 0xffffffff81000020n, found: 'scanned', locals: [{ name: text, value: text }] },
        ],
      },
    ]),
    chart(
      text,
      'pages',
      [
        { label: text, value: 10, marks: [{ label: text, value: 5 }] },
        { label: 'b', value: 30 },
      ],
      { total: 40, headline: 'zones' },
    ),
    chart(
      `${text} `,
      'kB',
      [
        { label: text, value: 10 },
        { label: 'free', value: 30 },
      ],
      { total: 40, headline: 'memory' },
    ),
    graph(
      text,
      {
        nodes: [
          { id: 'a', label: text, kind: 'task' },
          { id: 'b', label: 'B', kind: 'lock' },
        ],
        edges: [{ from: 'a', to: 'b', label: text }],
        cycles: [['a', 'b']],
      },
      { headline: 'waits' },
    ),
    findings(text, [
      {
        id: 'x.y',
        weight: 80,
        certainty: 'certain',
        moment: 'dump',
        sentence: text,
        evidence: [text],
        facts: { [text]: { value: text, source: text }, 'x.y': { value: 12n, unit: 'kB', source: text } },
        subject: { kind: 'lock', name: text, pids: [1], cpus: [0], type: 'struct mutex', address: 1n },
        restsOn: [{ what: text, certainty: 'certain' }],
        unread: [text],
        doors: [{ type: 'zone', address: 1n }],
        views: [text, 'one/x'],
      },
    ]),
  ];
}
