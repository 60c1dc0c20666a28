import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns, chart, fact, facts, findings, graph, log, stacks, table, type View } from '../../src/index.js';
import type { Report } from '../../src/report/report.js';
import { render } from '../../src/report/render.js';
import { redact } from '../../src/report/redact.js';
import { everyView, nasty, reportOf, sectionOf } from '../report/sample-report.js';
import { chromium, inBrowser, startBrowser, type Page } from './chromium.js';

/** What a report of a real machine has, and long enough to be folded. */
function longReport(): Report {
  const list = columns([
    { key: 'pid', title: 'PID', type: 'pid' },
    { key: 'rss', title: 'RSS', type: 'pages' },
    { key: 'state', title: 'ST', type: 'text' },
    ...Array.from({ length: 12 }, (_, index) => ({
      key: `c${index}`,
      title: `COLUMN ${index}`,
      type: 'integer' as const,
    })),
    { key: 'comm', title: 'COMM', type: 'task' },
  ]);
  const names = ['zsh', 'Apache', 'init', 'kworker/u8:1'];
  const rows = Array.from({ length: 40 }, (_, index) => ({
    cells: {
      pid: index + 1,
      rss: index === 7 ? null : (index * 7919) % 1009,
      state: index % 3 === 0 ? 'D' : 'S',
      comm: names[index % names.length]!,
      ...Object.fromEntries(Array.from({ length: 12 }, (_, column) => [`c${column}`, 1_000_000_000 + column])),
    } as Record<string, string | number | null>,
  }));
  const oom: View[] = [
    findings('F', [
      {
        id: 'a',
        weight: 90,
        certainty: 'certain',
        moment: 'dump',
        sentence: 'apache (pid 2) holds the memory.',
        evidence: ['1008 pages'],
        views: ['tasks', 'nowhere'],
        doors: [{ type: 'struct task_struct', address: 0x1000n }],
      },
      {
        id: 'b',
        weight: 50,
        certainty: 'likely',
        moment: 'dump',
        sentence: 'Another one.',
        evidence: ['x'.repeat(300)],
        views: ['log/kernel-log'],
      },
    ]),
    chart(
      'What held the memory',
      'kB',
      [
        { label: 'anonymous memory', value: 700 },
        { label: 'free', value: 200 },
      ],
      { id: 'consumers', total: 1000, headline: 'memory' },
    ),
    chart(
      'Free memory against watermarks',
      'kB',
      [
        {
          label: 'Node 0 Normal',
          value: 90,
          marks: [
            { label: 'min', value: 100 },
            { label: 'low', value: 120 },
          ],
        },
      ],
      { id: 'watermarks', headline: 'zones' },
    ),
    facts('Event', [fact('a', 'A title that is rather long', 'text', 'v'.repeat(400))]),
    table('Tasks', list, rows, { id: 'tasks', sorted: { column: 'pid', descending: false } }),
    graph('Who waits for whom', {
      nodes: [
        { id: 'a', label: 'a (1)', kind: 'task' },
        { id: 'b', label: 'b_lock', kind: 'lock' },
      ],
      edges: [
        { from: 'a', to: 'b', label: 'waits for' },
        { from: 'b', to: 'a', label: 'held by' },
      ],
      cycles: [['a', 'b']],
    }),
  ];
  const report = reportOf([
    sectionOf('oom', oom),
    sectionOf('log', [
      log(
        'Kernel log',
        Array.from({ length: 50 }, (_, index) => ({
          timeNs: index * 1e9,
          text: `line ${index} ${'y'.repeat(index * 8)}`,
        })),
      ),
    ]),
    sectionOf('bt', [
      stacks(
        'Tasks',
        Array.from({ length: 4 }, (_, index) => ({
          title: `task ${index}`,
          door: { type: 'struct task_struct', address: BigInt(index) * 0x1000n },
          frames: [{ index: 0, ip: 1n, function: 'schedule', found: 'unwound' as const }],
        })),
      ),
    ]),
  ]);
  return { ...report, dump: { ...report.dump, host: 'db01' } };
}

describe.skipIf(chromium === undefined)(`the HTML page ${inBrowser}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'oompm-page-'));
  let page: Page;
  const written = (name: string, report: Report): string => {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, [...render(report, 'html')].join(''));
    return path;
  };
  const long = written('long', longReport());
  const hostile = written(
    'hostile',
    reportOf([sectionOf('one', everyView(nasty), [{ what: nasty, reason: nasty }]), sectionOf('two', [])]),
  );
  beforeAll(async () => {
    page = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await page.close();
    rmSync(folder, { recursive: true });
  });

  // The name stands beside the pid, wherever it was yielded.
  const [NAME, RSS, STATE] = [1, 2, 3] as const;
  const column = (at: number): Promise<string[]> =>
    page.evaluate(
      `[...document.querySelectorAll('[id="oom/tasks"] tbody tr')].filter((row) => !row.hidden).map((row) => row.cells[${at}].textContent)`,
    );
  /** The pages behind the sizes. */
  const pages = (): Promise<string[]> =>
    page.evaluate(
      `[...document.querySelectorAll('[id="oom/tasks"] tbody tr')].map(({ cells: { ${RSS}: cell } }) => cell.dataset.v ?? cell.textContent)`,
    );
  const click = (selector: string): Promise<void> =>
    page.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);

  test('its title is the host and the first finding, which stands at the top with its pictures', async () => {
    await page.open(long);
    expect(await page.evaluate('document.title')).toBe('db01: apache (pid 2) holds the memory.');
    expect(await page.evaluate("document.querySelector('h1').textContent")).toBe('apache (pid 2) holds the memory.');
    const bottoms = await page.evaluate<number[]>(
      "['h1', '.memory', '.zones'].map((one) => document.querySelector(one).getBoundingClientRect().bottom)",
    );
    for (const bottom of bottoms) expect(bottom).toBeLessThan(900);
    expect(
      await page.evaluate("document.querySelectorAll('.whole').length + document.querySelectorAll('.track').length"),
    ).toBe(2);
    expect(page.complaints).toEqual([]);
  });

  test('a head sorts: numbers from the largest, then from the least, then as dumped; what does not apply comes last', async () => {
    await page.open(long);
    const asDumped = await pages();
    const numbers = asDumped.filter((text) => text !== '-').map(Number);
    const head = '[id="oom/tasks"] th:nth-child(3) button';
    await click(head);
    expect(await pages()).toEqual([...numbers.toSorted((a, b) => b - a).map(String), '-']);
    expect((await column(RSS))[0]).toBe('3.93 MiB');
    expect(
      await page.evaluate(`document.querySelector('[id="oom/tasks"] th:nth-child(3)').getAttribute('aria-sort')`),
    ).toBe('descending');
    await click(head);
    expect(await pages()).toEqual([...numbers.toSorted((a, b) => a - b).map(String), '-']);
    await click(head);
    expect(await pages()).toEqual(asDumped);
    expect(await page.evaluate(`document.querySelector('[id="oom/tasks"] th[aria-sort]').textContent`)).toBe('PID');
    await click('[id="oom/tasks"] th:nth-child(2) button');
    expect([...new Set(await column(NAME))]).toEqual(['Apache', 'init', 'kworker/u8:1', 'zsh']);
  });

  test('a filter leaves the rows that have every word of it, and says how many', async () => {
    await page.open(long);
    const type = (text: string): Promise<void> =>
      page.evaluate(
        `{ const input = document.querySelector('[id="oom/tasks"] .filter input'); input.value = ${JSON.stringify(text)}; input.dispatchEvent(new Event('input')); }`,
      );
    await type('APACHE d');
    expect(new Set(await column(NAME))).toEqual(new Set(['Apache']));
    expect(new Set(await column(STATE))).toEqual(new Set(['D']));
    expect(await page.evaluate(`document.querySelector('[id="oom/tasks"] output').value`)).toBe(
      `${(await column(NAME)).length} of 40`,
    );
    await type('');
    expect(await column(NAME)).toHaveLength(40);
  });

  test('a link from a finding opens the folded table it leads to, and a stack', async () => {
    await page.open(long);
    const links = await page.evaluate<[string, string][]>(
      "[...document.querySelectorAll('.first a')].map((link) => [link.textContent, link.getAttribute('href')])",
    );
    expect(links).toEqual([
      ['Tasks', '#oom/tasks'],
      ['task 1', '#stack/0x1000'],
    ]);
    expect(await page.evaluate(`document.getElementById('oom/tasks').open`)).toBe(false);
    await click('.first a');
    const reached = `new Promise((done) => setTimeout(() => done([document.getElementById('oom/tasks').open, Math.round(document.getElementById('oom/tasks').getBoundingClientRect().top)]), 100))`;
    const [open, at] = await page.evaluate<[boolean, number]>(reached);
    expect(open).toBe(true);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThan(200);
  });

  test('every link on the page leads somewhere, and no place has the name of another', async () => {
    for (const file of [long, hostile]) {
      await page.open(file);
      expect(
        await page.evaluate(
          "[...document.querySelectorAll('a')].filter((link) => !link.hash || document.getElementById(decodeURIComponent(link.hash.slice(1))) === null).map((link) => link.outerHTML)",
        ),
      ).toEqual([]);
      expect(
        await page.evaluate(
          "[...document.querySelectorAll('[id]')].length - new Set([...document.querySelectorAll('[id]')].map((one) => one.id)).size",
        ),
      ).toBe(0);
    }
  });

  test('without scripts it has no control that does nothing, every row is there, and a link shows what it leads to', async () => {
    await page.open(long, { script: false });
    // The protocol's own evaluation goes on.
    expect(await page.evaluate("document.querySelectorAll('button, input').length")).toBe(0);
    expect(await column(0)).toHaveLength(40);
    await page.evaluate("location.hash = '#oom/tasks'");
    expect(
      await page.evaluate(
        `document.querySelector('[id="oom/tasks"] table').checkVisibility({ contentVisibilityAuto: true })`,
      ),
    ).toBe(true);
    expect(page.complaints).toEqual([]);
  });

  test.each([
    [390, 'a phone'],
    [1280, 'a desk'],
  ])('%i px wide (%s) nothing runs out at the right, folded or not', async (width) => {
    const beyond = `[document.documentElement.scrollWidth, [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > ${width} + 1 && one.closest('.wide, nav, svg') === null).map((one) => one.outerHTML.slice(0, 80))]`;
    for (const file of [long, hostile]) {
      await page.open(file, { width });
      expect(await page.evaluate(beyond)).toEqual([width, []]);
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      expect(await page.evaluate(beyond)).toEqual([width, []]);
    }
  });

  test('the head of a long table stays in sight', async () => {
    await page.open(long);
    await click('.first a');
    const moved = `{ const box = document.querySelector('[id="oom/tasks"] .wide'); box.scrollTop = 300; Math.round(box.querySelector('th').getBoundingClientRect().top - box.getBoundingClientRect().top); }`;
    expect(await page.evaluate(moved)).toBe(0);
  });

  test('it prints, with what was folded, and is folded again afterwards', async () => {
    await page.open(long);
    const pdf = await page.pdf();
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(await page.evaluate(`document.getElementById('oom/tasks').open`)).toBe(false);
    const countPages = (text: Buffer): number => Number(/\/Count (\d+)/.exec(text.toString('latin1'))?.[1]);
    const without = await page.open(long, { script: false }).then(() => page.pdf());
    expect(countPages(pdf)).toBeGreaterThan(1);
    expect(countPages(without)).toBe(countPages(pdf));
  });

  test('on paper a head is text, for a button is not repeated with it on further pages', async () => {
    await page.open(long, { print: true });
    expect(
      await page.evaluate(
        "[...new Set([...document.querySelectorAll('th button')].map((one) => getComputedStyle(one).display))]",
      ),
    ).toEqual(['contents']);
  });

  test('on paper columns stand apart, and closer only where there are many', async () => {
    const gaps: [number, number][] = [];
    for (const file of [long, hostile]) {
      await page.open(file, { print: true });
      gaps.push(
        ...(await page.evaluate<[number, number][]>(
          "[...document.querySelectorAll('.wide table')].map((table) => [table.rows[0].cells.length, parseFloat(getComputedStyle(table.rows[1].cells[0]).paddingRight)])",
        )),
      );
    }
    expect([gaps.some(([count]) => count > 14), gaps.some(([count]) => count <= 14)]).toEqual([true, true]);
    for (const [count, gap] of gaps) expect(gap > 5, `${count} columns`).toBe(count <= 14);
  });

  test('what a dump holds makes no element, and nothing is refused by the policy but what is not there', async () => {
    await page.open(hostile);
    expect(await page.evaluate("document.querySelectorAll('script').length")).toBe(1);
    expect(
      await page.evaluate("document.querySelectorAll('img, iframe, link, form, [style], [onclick], [src]').length"),
    ).toBe(0);
    expect(await page.evaluate("document.querySelector('h1').textContent")).toContain('<script>alert(1)</script>');
    expect(page.complaints).toEqual([]);
  });

  test('the policy stands: a script that gets in does not run, and is told of', async () => {
    const path = join(folder, 'broken.html');
    writeFileSync(
      path,
      [...render(longReport(), 'html')]
        .join('')
        .replace('<main>', '<main><script>document.title = "owned"</script><p style="position:fixed">x</p>'),
    );
    await page.open(path);
    expect(await page.evaluate('document.title')).not.toBe('owned');
    expect(page.complaints.join('\n')).toMatch(/Content Security Policy/);
  });

  test('the host is hidden on request', async () => {
    await page.open(written('hidden', redact(longReport())));
    expect(await page.evaluate('document.title')).toMatch(/^host-1: /);
    expect(await page.evaluate("document.documentElement.textContent.includes('db01')")).toBe(false);
  });
});
