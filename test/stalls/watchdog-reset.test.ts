import { expect, test } from 'vitest';

import { watchdogResetTold } from '../../src/stalls/watchdog-reset.js';

const S = 1e9;

test.each([
  // Its work ran, and the task came behind it.
  [11.8, 10.1, 'was last reset some 11.8 s ago.'],
  [11.8, undefined, 'was last reset some 11.8 s ago.'],
  // The stamp is a second coarse.
  [10, 10.9, 'was last reset some 10 s ago.'],
  // No task but that one has run since: a report of an RCU stall touched it.
  [7.5, 30.3, 'was last reset some 7.5 s ago, by code that touched it: its own work has had no turn.'],
])('a watchdog reset %d s ago, on a CPU that has not switched for %d s', (reset, same, words) => {
  const sameTaskNs = same === undefined ? undefined : same * S;
  const told = watchdogResetTold(0, 'CPU 0', { resetNs: reset * S, sameTaskNs, isOfItsWork: false });
  expect(told.text).toBe(`The soft lockup watchdog of CPU 0 ${words}`);
});

test('a stamp that none but its work sets says no more, be it touched meanwhile', () => {
  const told = watchdogResetTold(0, 'CPU 0', { resetNs: 11.8 * S, sameTaskNs: 30.3 * S, isOfItsWork: true });
  expect(told.text).toBe("The soft lockup watchdog's work last ran on CPU 0 some 11.8 s ago.");
});
