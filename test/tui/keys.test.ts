import { expect, test } from 'vitest';
import { keyHints } from '../../src/tui/state/key-hints.js';
import { keyTable } from '../../src/tui/state/keys.js';
import { frameOf } from './toy-screen.js';
import { ToySession } from './toy-state.js';

const names: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  esc: 'Esc',
  backspace: 'Backspace',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  ' ': 'Space',
};

test('each key does one thing, and the help names it', () => {
  const all = keyTable.flatMap(({ on }) => Object.keys(on));
  expect(all.filter((key, at) => all.indexOf(key) !== at)).toEqual([]);
  for (const { shown, on } of keyTable) {
    const words = shown.split(/[ ,]+/);
    for (const key of Object.keys(on)) {
      // With Ctrl they do what less, vim and a shell have them do.
      if (key.startsWith('Ctrl-') || (/^\d$/.test(key) && shown.includes('0 to 9'))) continue;
      expect(words, shown).toContain(names[key] ?? key);
    }
  }
});

test('a screen that is asked for by its number before there are any opens when there are', () => {
  const session = new ToySession({});
  session.keys('2').act({
    kind: 'found',
    dump: session.state.dump!,
    plugins: ['a', 'b'].map((id) => ({ id, summary: id, inReport: true, required: [] })),
    warnings: [],
  });
  expect(session.page.source).toEqual({ kind: 'plugin', id: 'b' });
  expect(session.effects).toEqual([{ kind: 'run', id: 'b', again: false }]);
  expect(session.keys('7').state.message?.text).toBe('there is no screen 7');
});

test('the help scrolls no further than to its end, and says so only where it does not fit', () => {
  const small = new ToySession({}, { columns: 80, rows: 24 }).keys('?' + 'j'.repeat(200));
  const { mode } = small.state;
  expect(mode.kind === 'help' && mode.top).toBeLessThan(60);
  expect(keyHints(small.state)[0]).toBe('j k scroll');
  const [before, after] = [frameOf(small.state), frameOf(small.keys('k').state)];
  expect(after.slice(3, 20)).toEqual(before.slice(2, 19));
  expect(keyHints(new ToySession({}, { columns: 120, rows: 60 }).keys('?').state)).toEqual(['any key closes']);
});

test('x stops what is being read, on whatever screen, and says so where nothing is', () => {
  const session = new ToySession({ a: [] }).keys('x');
  expect([session.state.message?.text, session.effects]).toEqual(['nothing is being read', []]);
  session.act({ kind: 'restarted', id: 'a' }).keys('x');
  expect(session.effects).toEqual([{ kind: 'cancel', what: 'run' }]);
});
