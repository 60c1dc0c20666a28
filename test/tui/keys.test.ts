import { expect, test } from 'vitest';
import { keyTable } from '../../src/tui/state/keys.js';
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
