import { expect, test } from 'vitest';

import { deathIn } from '../../src/tui/lines/death-in-log.js';

const stamped = (text: string, at: number): { text: string; timeNs: number } => ({ text, timeNs: at * 1e9 });

test('a log opens at the panic, or at its end', () => {
  const lines = [stamped('booting', 0), stamped('Kernel panic - not syncing: x', 1), stamped('Call Trace:', 2)];
  expect(deathIn(lines)).toBe(1);
  expect(deathIn([lines[0]!, lines[2]!])).toBe(1);
  expect(deathIn([])).toBe(-1);
});

test('a record without time stamps is read from its head', () => {
  expect(deathIn([{ text: 'BUG: kernel NULL pointer dereference' }, { text: 'RIP: 0010:f+0x1' }])).toBe(0);
});
