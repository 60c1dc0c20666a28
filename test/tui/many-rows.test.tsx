import { expect, test, vi } from 'vitest';

import { columns, table } from '../../src/plugin/make-views.js';
import { toyScreen } from './toy-screen.js';
import { ToySession } from './toy-state.js';

// As it is shipped: React's checks for developers take longer than all the rest.
vi.hoisted(() => {
  process.env['NODE_ENV'] = 'production';
});

const rows = 50_000;

/** How long a key takes is printed, not asserted (the aim is 50 ms): the machine that runs the tests may be busy. */
test(`a table of ${rows} rows scrolls, sorts, filters and searches`, () => {
  const big = table(
    'Big',
    columns([
      { key: 'pid', title: 'PID', type: 'pid' },
      { key: 'comm', title: 'COMM', type: 'text' },
      { key: 'rss', title: 'RSS', type: 'pages' },
      { key: 'address', title: 'TASK', type: 'address' },
      { key: 'state', title: 'STATE', type: 'text' },
    ]),
    Array.from({ length: rows }, (_, n) => ({
      cells: {
        pid: n + 1,
        comm: `worker/${n % 977}:${n % 13}`,
        rss: (n * 7919) % 100_003,
        address: 0xffff888000000000n + BigInt(n) * 4096n,
        state: n % 3 === 0 ? 'S' : 'D',
      },
    })),
  );
  const opened = {
    ...big,
    rows: [...big.rows].map((row, at) => ({ ...row, door: { type: 'struct thing', address: BigInt(at + 1) } })),
    sorted: { column: 'rss', descending: true },
  };
  const session = new ToySession({ big: [big] }, { columns: 160, rows: 50 }).keys('1');
  const screen = toyScreen(session.state);
  const measured: Record<string, number[]> = {};
  const press = (what: string, keys: readonly string[]): void => {
    for (const key of keys) {
      const start = performance.now();
      session.keys(key);
      screen.frame(session.state);
      (measured[what] ??= []).push(performance.now() - start);
    }
  };
  // What is compiled at the first keys is no key's own time.
  for (const key of ['j', 'k', '<pagedown>', 'g']) {
    session.keys(key);
    screen.frame(session.state);
  }
  press(
    'scroll',
    Array.from({ length: 20 }, (_, at) => (at % 4 === 0 ? 'G' : at % 4 === 1 ? '<pageup>' : at % 4 === 2 ? 'g' : 'j')),
  );
  session.keys('G');
  expect(screen.frame(session.state)).toContain('50000');
  press('sort', ['>', '>', '>', '>', '>', 'r', 'r', '<']);
  press('exact sizes', ['#', '#', '#', '#']);
  press('filter', ['&', 'w', 'o', 'r', 'k', 'e', 'r', '/', '9', '7', '<enter>', '<esc>']);
  press('search', ['/', 'w', 'o', 'r', 'k', 'e', 'r', '/', '9', '7', '6', '<enter>', 'n', 'N']);
  expect(screen.frame(session.state)).toContain('worker/976');
  screen.unmount();
  // The list beside what was opened of it, and the next of it.
  const wide = new ToySession({ big: [opened] }, { columns: 200, rows: 60 }).keys('1G');
  const wideScreen = toyScreen(wide.state);
  for (const key of ['<enter>', 'K', 'K', 'J', 'K', 'K', '<esc>', 'g', '<enter>', 'J', 'J']) {
    const start = performance.now();
    wide.keys(key);
    wideScreen.frame(wide.state);
    (measured['beside'] ??= []).push(performance.now() - start);
  }
  expect(wideScreen.frame(wide.state)).toContain(' │ ');
  wideScreen.unmount();
  const report = Object.entries(measured).map(([what, times]) => ({
    what,
    median: median(times),
    max: Math.max(...times),
  }));
  console.log(
    report
      .map(({ what, median: middle, max }) => `${what}: median ${middle.toFixed(1)} ms, longest ${max.toFixed(1)} ms`)
      .join('\n'),
  );
});

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1]!;
}
