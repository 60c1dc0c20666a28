import { expect, test } from 'vitest';
import type { LogRecord } from 'oompm/linux';

import { reasonBefore } from '../../src/endings/reason-before.js';

const CUT = '------------[ cut here ]------------';
const WARN = 'WARNING: CPU: 0 PID: 9 at a.c:7 f+0x1/0x2';
const BUG = 'kernel BUG at lib/list_debug.c:51!';

/** "C1|…" is another CPU's; "6…" an informational line. */
function said(isOfCheck: boolean, ...lines: readonly string[]): string | undefined {
  const records = lines.map((line): LogRecord => {
    const [, caller = 'T9', level, text] = /^(?:(C\d)\|)?(6)?(.*)$/.exec(line)!;
    return { level: level === undefined ? 4 : 6, facility: 0, text: text!, caller };
  });
  return reasonBefore(records, records.length - 1, isOfCheck)?.text;
}

test.each([
  ['a WARN() its text behind the mark', 'queue 7 is empty', false, ['older', CUT, 'queue 7 is empty', WARN]],
  ['of another CPU meanwhile nothing', 'queue 7 is empty', false, [CUT, 'queue 7 is empty', 'C1|else', WARN]],
  ['a check right before the mark', 'list_del corruption', true, ['older', 'list_del corruption', CUT, BUG]],
])('%s', (_, text, isOfCheck, lines) => expect(said(isOfCheck, ...lines)).toBe(text));

test.each([
  ['a WARN() without a text: what stands before the mark', false, ['a warning of the same task', CUT, WARN]],
  ['a BUG() of no check: the line before the mark', false, ['a warning of the same task', CUT, BUG]],
  ['without a mark: the line before', true, ['older', 'a warning of the same task', BUG]],
  ['a check: what is no warning', true, ['6usb 1-1: new device', CUT, BUG]],
  ['a check: what another CPU said', true, ['C1|a warning', CUT, BUG]],
  ['at the start of the log', true, [BUG]],
])('no reason is, of %s', (_, isOfCheck, lines) => expect(said(isOfCheck, ...lines)).toBeUndefined());
