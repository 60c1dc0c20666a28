import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coloured, plain } from '../../src/report/paint.js';
import { keyHelp } from '../../src/tui/state/keys.js';
import { render, reportFormats, usualEndings } from '../../src/report/render.js';
import { renderMarkdown } from '../../src/report/render-markdown.js';
import { renderText } from '../../src/report/render-text.js';
import { cutCell, layOutTable, widthOf, wrap } from '../../src/report/lay-out-table.js';
import { chart, columns, fact, facts, findings, graph, log, stacks, table, tree } from '../../src/index.js';
import { everyView, nasty, reportOf, sectionOf } from './sample-report.js';

const nastyReport = reportOf([
  sectionOf('one', everyView(nasty), [{ what: nasty, reason: nasty }]),
  sectionOf('two', []),
]);
const rendered = (format: (typeof reportFormats)[number]): string => [...render(nastyReport, format)].join('');

const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false }).compile(
  JSON.parse(readFileSync(new URL('../../docs/report-schema.json', import.meta.url), 'utf8')) as object,
);

describe('JSON', () => {
  test('a report with every kind of view is as the schema says', () => {
    const valid = validate(JSON.parse(rendered('json')));
    expect(validate.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  test('the schema refuses what is not so', () => {
    expect(validate({ ...(JSON.parse(rendered('json')) as object), schemaVersion: 1 })).toBe(false);
    const numbered = rendered('json').replace('"address":"0xffff888000002000"', '"address":1');
    expect(numbered).not.toBe(rendered('json'));
    expect(validate(JSON.parse(numbered))).toBe(false);
  });

  test('addresses are hexadecimal, large integers strings, others numbers', () => {
    const report = JSON.parse(rendered('json')) as {
      sections: { views: { kind: string; rows?: { cells: object; door: object }[] }[] }[];
    };
    const row = report.sections[0]!.views.find((view) => view.kind === 'table')!.rows![0]!;
    expect(row.cells).toMatchObject({ mm: '0xffff888000001000', rss: 1234, big: '1152921504606846976' });
    expect(row.door).toEqual({ type: 'task_struct', address: '0xffff888000002000' });
  });
});

describe('facts of a finding', () => {
  const finding = {
    id: 'x',
    weight: 1,
    certainty: 'certain',
    moment: 'dump',
    sentence: 'Full.',
    evidence: ['a line'],
    facts: { 'memory.usage': { value: 40960, unit: 'kB', source: 'memory: usage, in memory' } },
  } as const;
  const report = reportOf([sectionOf('one', [findings('F', [finding])])]);

  test.each(['text', 'md', 'html'] as const)('%s has them where they are asked for', (format) => {
    const line = /memory\\?\.usage = 40960 kB \(memory: usage, in memory\)/;
    expect([...render(report, format, { width: Infinity, paint: plain, evidence: true })].join('')).toMatch(line);
    expect([...render(report, format, { width: Infinity, paint: plain })].join('')).not.toMatch(line);
  });

  test('JSON has them always, as data', () => {
    expect(JSON.parse([...render(report, 'json')].join(''))).toMatchObject({
      findings: [{ evidence: ['a line'], facts: finding.facts }],
    });
  });
});

describe('text from a dump does nothing', () => {
  // oxlint-disable-next-line no-control-regex -- they are what must not come through
  const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

  test.each(['text', 'md', 'html'] as const)('%s has no control characters but newlines', (format) => {
    expect(controls.exec(rendered(format))).toBeNull();
  });

  test.each(reportFormats)('what can’t be seen is shown as its code in %s, and JSON reads back as it was', (format) => {
    // C1 CSI, zero width space and joiner, a bidirectional override, a soft hyphen, a Hangul filler, a variation
    // selector, a tag.
    const invisible = ['\u009b', '\u200b', '\u200d', '\u202e', '\u00ad', '\u3164', '\ufe0f', '\u{e0041}'];
    const name = `x${invisible.join('x')}x`;
    const one = sectionOf('one', [
      table('T', columns([{ key: 'a', title: 'A', type: 'text' }]), [{ cells: { a: name } }]),
    ]);
    const out = [...render(reportOf([one]), format)].join('');
    for (const character of invisible) expect(out).not.toContain(character);
    if (format === 'json')
      expect(JSON.parse(out)).toMatchObject({ sections: [{ views: [{ rows: [{ cells: { a: name } }] }] }] });
    else
      expect(out.replaceAll(/\\(?=[\\{}])/g, '')).toContain(
        String.raw`x\x9bx\u200bx\u200dx\u202ex\xadx\u3164x\ufe0fx\u{e0041}x`,
      );
  });

  test('letters, signs and emoji of any script stay as they are', () => {
    const text = 'größe 内存 память ذاكرة 🙂 – “x”';
    const one = sectionOf('one', [
      table('T', columns([{ key: 'a', title: 'A', type: 'text' }]), [{ cells: { a: text } }]),
    ]);
    for (const format of reportFormats) expect([...render(reportOf([one]), format)].join('')).toContain(text);
  });

  test('HTML has no element of the dump’s', () => {
    // The page's own script comes last, and its policy names no other.
    expect(rendered('html').match(/<script|<img/gi)).toEqual(['<script']);
    expect(rendered('html')).toContain('&lt;script&gt;');
  });

  test('Markdown has no HTML, link or code of the dump’s outside fences', () => {
    const outside = rendered('md').replaceAll(/^(`{3,})text\n[^]*?\n\1$/gm, '');
    expect(outside).not.toMatch(/(?<!\\)<script/);
    expect(outside).not.toMatch(/(?<!\\)\]\(javascript/);
    expect(outside).not.toMatch(/(?<!\\)`x/);
  });

  test('any text at all leaves every format whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const report = reportOf([sectionOf('one', everyView(text), [{ what: text, reason: text }])]);
        for (const format of ['text', 'md', 'html'] as const) {
          const out = [...render(report, format)].join('');
          if (controls.test(out)) return false;
          if (Buffer.from(out, 'utf8').toString('utf8') !== out) return false;
        }
        return validate(JSON.parse([...render(report, 'json')].join('')));
      }),
      { numRuns: 200 },
    );
  });

  test('a table in Markdown keeps its cells whatever they hold', () => {
    const list = columns([
      { key: 'a', title: 'A', type: 'text' },
      { key: 'b', title: 'B', type: 'text' },
    ]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const md = [
          ...render(reportOf([sectionOf('one', [table('T', list, [{ cells: { a: text, b: 'end' } }])])]), 'md'),
        ].join('');
        const line = md.split('\n').find((candidate) => candidate.endsWith('| end |'))!;
        return line.replaceAll(/\\./g, '').split('|').length === 4;
      }),
    );
  });
});

describe('text', () => {
  const wide = columns([
    { key: 'name', title: 'NAME', type: 'text' },
    { key: 'free', title: 'FREE', type: 'pages' },
    { key: 'a', title: 'A', type: 'text', dispensable: 1 },
    { key: 'b', title: 'B', type: 'text', dispensable: 2 },
  ]);
  const view = table('Wide', wide, [
    { cells: { name: '日本語', free: 5, a: 'x'.repeat(30), b: 'y'.repeat(40) } },
    { cells: { name: 'Normal', free: 12_345, a: 'x', b: null } },
  ]);
  const lines = (width: number, raw = false): string[] =>
    [...renderText(reportOf([sectionOf('one', [view])]), { width, paint: plain, raw })].join('').split('\n');

  test('sizes in a table are told in units that people read', () => {
    const all = lines(Infinity);
    const at = all.indexOf('NAME        FREE  A                               B');
    expect(all.slice(at, at + 3).map((line) => line.trimEnd())).toEqual([
      'NAME        FREE  A                               B',
      `日本語    20 KiB  ${'x'.repeat(30)}  ${'y'.repeat(40)}`,
      'Normal  48.2 MiB  x                               -',
    ]);
  });

  test('an offset or a score is never rounded, and Markdown says the same as text', () => {
    const exact = columns([
      { key: 'size', title: 'SIZE', type: 'bytes' },
      { key: 'offset', title: 'OFFSET', type: 'bytes', exact: true },
    ]);
    const report = reportOf([
      sectionOf('one', [
        table('T', exact, [{ cells: { size: 1064, offset: 1064 } }, { cells: { size: 0, offset: 0 } }]),
      ]),
    ]);
    expect([...renderText(report)].join('')).toContain(
      '    SIZE  OFFSET\n           bytes\n1.04 KiB    1064\n       0       0\n',
    );
    expect([...renderMarkdown(report)].join('')).toMatch(
      /\| SIZE \| OFFSET \(bytes\) \|\n.*\n\| 1\.04 KiB \| 1064 \|\n/,
    );
    expect([...renderMarkdown(report, { raw: true })].join('')).toContain('| SIZE (bytes) | OFFSET (bytes) |');
  });

  test('columns are aligned by what a terminal shows, units of bare numbers stand below the titles', () => {
    const all = lines(Infinity, true);
    const at = all.indexOf('NAME     FREE  A                               B');
    expect(all.slice(at, at + 4).map((line) => line.trimEnd())).toEqual([
      'NAME     FREE  A                               B',
      '        pages',
      `日本語      5  ${'x'.repeat(30)}  ${'y'.repeat(40)}`,
      'Normal  12345  x                               -',
    ]);
  });

  test('on a narrow terminal the dispensable go first, and it is said', () => {
    expect(lines(60).join('\n')).toContain('(1 column hidden for lack of width: B; a file has all)');
    for (const line of lines(60).slice(2)) expect(widthOf(line)).toBeLessThanOrEqual(60);
  });

  test('nothing that is not the kernel’s own is wider than the terminal: bars, what is hidden, how a stack ends', () => {
    const marks = ['min', 'low', 'high'].map((label, i) => ({ label, value: 700 + i * 100 }));
    const wide = Array.from({ length: 20 }, (_, at) => ({
      key: `k${at}`,
      title: `COLUMN${at}`,
      type: 'integer' as const,
      dispensable: at,
    }));
    const report = reportOf([
      sectionOf('one', [
        chart('Free', 'kB', [{ label: 'Node 0 Normal', value: 40_000, marks }]),
        table('Wide', columns(wide), [{ cells: Object.fromEntries(wide.map(({ key }) => [key, 1])) }]),
        stacks('Stacks', [{ title: 'CPU 0', frames: [], end: 'the stack pointer is elsewhere; '.repeat(9) }]),
      ]),
    ]);
    const shown = [...renderText(report, { width: 80, paint: plain })].join('').split('\n');
    expect(shown.filter((line) => widthOf(line) > 80)).toEqual([]);
    expect(shown.find((line) => line.startsWith('Node 0'))).toMatch(
      /█{8,} +39.1 MiB {2}\(min 700 KiB, low 800 KiB, high/,
    );
  });

  test('what a wide one leaves is given back: the more telling first, a text with its beginning', () => {
    const list = columns([
      { key: 'kind', title: 'KIND', type: 'text' },
      { key: 'use', title: 'USED FOR', type: 'text', dispensable: 1 },
      { key: 'frames', title: 'FRAMES', type: 'pages' },
      { key: 'size', title: 'SIZE', type: 'bytes', dispensable: 2 },
    ]);
    const {
      header,
      lines: laidOut,
      dropped,
    } = layOutTable(list, [{ cells: { kind: 'kernel', use: 'z'.repeat(90), frames: 5, size: 20_480 }, lead: '' }], 80, {
      pageSize: 4096,
      raw: true,
    });
    expect([header[0], dropped]).toEqual([expect.stringMatching(/^KIND +USED FOR +FRAMES$/), ['SIZE']]);
    expect(laidOut[0]).toMatch(/^kernel {2}z{50,}… {2} +5$/);
    expect(
      layOutTable(list, [{ cells: { kind: 'kernel', use: 'z'.repeat(90), frames: 5, size: 20_480 }, lead: '' }], 32, {
        pageSize: 4096,
        raw: true,
      }).dropped,
    ).toEqual(['USED FOR']);
  });

  test('colours add nothing but colours', () => {
    const painted = [...renderText(nastyReport, { width: 100, paint: coloured })].join('');
    const colour = /\u001b\[\d+m/g; // oxlint-disable-line no-control-regex -- colours are what is looked for
    expect(painted.replaceAll(colour, '')).toBe([...renderText(nastyReport, { width: 100, paint: plain })].join(''));
  });

  test('what is missing names itself and the reason', () => {
    const section = {
      plugin: 'slab',
      title: 'Slab',
      views: [],
      gaps: [],
      outcome: { kind: 'unavailable' as const, reason: '`struct kmem_cache` has no member `cpu_slab` in this kernel' },
    };
    expect([...renderText(reportOf([section]))].join('')).toContain(
      'slab: not shown: `struct kmem_cache` has no member `cpu_slab` in this kernel\n',
    );
  });
});

test('a line ends between words, never between a number and its unit', () => {
  const text = 'of 136 MiB held (4 %) and 12 kB of kBs';
  for (let width = 1; width < 40; width++) {
    const lines = wrap(text, width);
    expect(lines.join(' ')).toBe(text);
    for (const line of lines) expect(line).not.toMatch(/^(?:MiB|%|kB\b)/);
  }
  expect(wrap('a b %', 1)).toEqual(['a', 'b %']);
});

test('a line does not end inside brackets that fit on one, and does inside those that do not', () => {
  expect(wrap('the file vmcore (kdump-compressed, header version 6)', 40)).toEqual([
    'the file vmcore',
    '(kdump-compressed, header version 6)',
  ]);
  expect(wrap('a (b (c d) e), f', 11)).toEqual(['a (b (c d)', 'e), f']);
  expect(wrap('a (b (c d) e), f', 13)).toEqual(['a', '(b (c d) e),', 'f']);
  const open = `a ${'(b '.repeat(9)}c`;
  expect(wrap(open, 8).join(' ')).toBe(open);
  expect(Math.max(...wrap(open, 8).map(widthOf))).toBeLessThanOrEqual(8);
});

describe('views without anything in them', () => {
  const empty = [
    facts('F', []),
    table('T', columns([{ key: 'a', title: 'A', type: 'text' }]), [], { note: 'Of nobody.' }),
    tree('R', columns([{ key: 'a', title: 'A', type: 'text' }]), []),
    log('L', []),
    stacks('S', []),
    chart('C', 'kB', []),
    graph('G', { nodes: [], edges: [], cycles: [] }),
  ];
  const report = reportOf([sectionOf('one', empty)]);

  test.each(['text', 'md', 'html'] as const)('%s says so of each kind', (format) => {
    const out = [...render(report, format)].join('');
    expect(out.match(/^(?:<p class="quiet">)?none(?:<\/p>)?$/gm)).toHaveLength(empty.length);
    expect(out).toContain('Of nobody');
    expect(out).not.toMatch(/```|\| A \||<th|<pre/);
  });

  test.each(['text', 'md', 'html'] as const)('%s says it of none that has something', (format) => {
    const out = [...render(reportOf([sectionOf('one', everyView('x'))]), format)].join('');
    expect(out).not.toMatch(/^(?:<p class="quiet">)?none(?:<\/p>)?$/m);
  });

  test('JSON has empty lists', () => {
    expect(validate(JSON.parse([...render(report, 'json')].join('')))).toBe(true);
  });
});

describe('a report in a file', () => {
  test('what was analysed, and each fact, is one line, and on a terminal as many as it needs', () => {
    const long = 'word '.repeat(60).trim();
    const plainReport = reportOf([sectionOf('one', [facts('F', [fact('a', 'A', 'text', long, { note: long })])])]);
    const report = {
      ...plainReport,
      dump: { ...plainReport.dump, files: [`/${'x'.repeat(90)}`, `/${'y'.repeat(90)}`] },
    };
    const written = [...renderText(report)].join('').split('\n');
    expect(written[0]).toMatch(/^oompm .* \/x{90} \/y{90} \(kdump-compressed, header version 6, zlib\)$/);
    expect(written).toContain(`A  ${long} (${long})`);
    const shown = [...renderText(report, { width: 100, paint: plain })].join('').split('\n');
    expect(shown).toContain('(kdump-compressed, header version 6, zlib)');
    expect(Math.max(...shown.map(widthOf))).toBeLessThanOrEqual(100);
  });

  test('a long text in a table moves its own row, and pads no other', () => {
    const list = columns([
      { key: 'a', title: 'A', type: 'text' },
      { key: 'b', title: 'B', type: 'text' },
    ]);
    const cells = ['x'.repeat(300), 'y'.repeat(80), 'z'].map((a) => ({ cells: { a, b: 'end' } }));
    const out = [...renderText(reportOf([sectionOf('one', [table('T', list, cells)])]))].join('').split('\n');
    expect(out).toContain(`${'x'.repeat(300)}  end`);
    expect(out).toContain(`${'y'.repeat(80)}  end`);
    expect(out).toContain(`z${' '.repeat(79)}  end`);
    expect(out.filter((line) => /\s$/.test(line))).toEqual([]);
  });

  const wide = columns(
    Array.from({ length: 30 }, (_, at) => ({
      key: `c${at}`,
      title: `COLUMN${at}`,
      type: 'text' as const,
      dispensable: at + 1,
    })),
  );
  const two = reportOf([
    sectionOf('one', [
      table('T', wide, [
        { cells: Object.fromEntries(wide.map(({ key }) => [key, 'x'])) as Record<`c${number}`, string> },
      ]),
    ]),
    sectionOf('two', []),
  ]);
  const text = (width: number): string => [...renderText(two, { width, paint: plain })].join('');

  test('leaves no column out, of however many sections it is', () => {
    expect(text(Infinity)).toMatch(/^COLUMN0 .* COLUMN29$/m);
    expect(text(Infinity)).not.toContain('hidden');
  });

  test('a terminal says how many are hidden', () => {
    expect(text(100)).toMatch(/^\(\d\d columns hidden for lack of width: COLUMN\d/m);
  });
});

test('of a kernel that its log does not name nothing is said; one that is known has its release', () => {
  const report = reportOf([]);
  const unnamed = {
    ...report,
    dump: { ...report.dump, release: 'of unknown release', architecture: 'of unknown architecture' },
  };
  for (const format of ['text', 'md', 'html'] as const) {
    expect([...render(unnamed, format)].join('')).not.toContain('of unknown');
    expect([...render(report, format)].join('')).toContain(`Linux ${report.dump.release}`);
  }
});

test('nothing is 0 in every unit and wherever it stands alone, and what is there has its unit', () => {
  const sizes = columns([
    { key: 'a', title: 'A', type: 'kB' },
    { key: 'b', title: 'B', type: 'pages' },
    { key: 'c', title: 'C', type: 'bytes' },
  ]);
  const view = sectionOf('one', [
    facts('F', [
      fact('a', 'Swap', 'kB', 0),
      fact('b', 'Cache', 'pages', 1),
      fact('c', 'Free', 'kB', 2048),
      fact('d', 'Cached', 'pages', 0),
      fact('e', 'Into it', 'bytes', 0),
      fact('f', 'Tasks', 'integer', 0),
    ]),
    table('T', sizes, [{ cells: { a: 0, b: 0, c: 0n } }]),
    chart('C', 'kB', [{ label: 'Normal', value: 0, marks: [{ label: 'min', value: 0 }] }]),
  ]);
  const text = [...render(reportOf([view]), 'text')].join('');
  expect(text).toMatch(
    /Swap {5}0\nCache {4}1 page \(4 KiB\)\nFree {5}2048 kB \(2 MiB\)\nCached {3}0\nInto it {2}0\nTasks {4}0\n/,
  );
  expect(text).toContain('A  B  C\n0  0  0\n');
  expect(text).toMatch(/ 0 {2}\(min 0\)\n/);
  for (const format of ['text', 'md', 'html'] as const)
    expect([...render(reportOf([view]), format)].join('')).not.toMatch(/\b0 (?:[kKM]i?B|pages?|bytes?)\b/);
});

test('the help of the screens names every form that a file can have', () => {
  const help = keyHelp.flat().join(' ');
  for (const ending of usualEndings) expect(help).toContain(ending);
});

test('a sentence in a cell is cut between words; a name, or where a word would cost most of it, anywhere', () => {
  expect(cutCell('a mutex_waiter on its stack', 22)).toBe('a mutex_waiter on …');
  expect(cutCell('a mutex_waiter on its stack', 27)).toBe('a mutex_waiter on its stack');
  expect(cutCell('yes', 27)).toBe('yes');
  expect(cutCell('jbd2_revoke_table_s', 12)).toBe('jbd2_revoke…');
  expect(cutCell('a jbd2_revoke_table_s', 12)).toBe('a jbd2_revo…');
});
