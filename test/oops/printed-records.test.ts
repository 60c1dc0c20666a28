import { expect, test } from 'vitest';
import type { LogRecord } from 'oompm/linux';
import { printedOopses, printedRecord } from 'oompm/oops';

/** Lines of a log; "C0|…" is CPU 0's, "+…" goes on where the line before it ended. */
function log(...lines: readonly string[]): LogRecord[] {
  return lines.map((line) => {
    const [, caller, text] = /^(?:([CT]\d+)\|)?(.*)$/s.exec(line)!;
    return {
      level: 0,
      facility: 0,
      text: text!.replace(/^\+/, ''),
      ...(caller === undefined ? {} : { caller }),
      ...(text!.startsWith('+') ? { continued: true as const } : {}),
    };
  });
}

const END = '---[ end trace 0000000000000000 ]---';
const PANIC = 'Kernel panic - not syncing: Fatal exception';

test('a record begins with the lines that lead to its header, and ends with its mark', () => {
  const own = [
    'BUG: kernel NULL pointer dereference, address: 28',
    '#PF: …',
    'PGD 0 P4D 0 ',
    'Oops: 0000 [#1] SMP',
    'x',
  ];
  expect(printedOopses(log('before', ...own, END, 'RIP: again', PANIC))).toEqual([{ lines: [...own, END], number: 1 }]);
  const trap = ['------------[ cut here ]------------', 'kernel BUG at a.c:1!', 'invalid opcode: 0000 [#1] SMP'];
  expect(printedOopses(log('before', ...trap, PANIC))[0]!.lines).toEqual(trap);
});

test('a double fault’s own line is of it, whatever stands before its words', () => {
  for (const start of ['', 'traps: ']) {
    const own = [`${start}PANIC: double fault, error_code: 0x0`, 'double fault: 0000 [#1] SMP', 'x', END];
    expect(printedOopses(log('before', ...own, PANIC))[0]!.lines).toEqual(own);
  }
});

test('of a panic’s record the line on CPUs that would not stop is none', () => {
  const own = ['Kernel panic - not syncing: x', 'Call Trace:', ' a'];
  expect(printedRecord(log(...own, 'Shutting down cpus with NMI', 'Kernel Offset: 0x0'), 'panic')!.lines).toEqual(own);
});

test('what others printed meanwhile is no line of it', () => {
  const found = printedOopses(log('T1|BUG: a', 'C0|tick', 'T1|Oops: 0000 [#1] SMP', 'C0|tock', `T1|${END}`));
  expect(found.map(({ lines }) => lines)).toEqual([['BUG: a', 'Oops: 0000 [#1] SMP', END]]);
});

test('of several the one with the number', () => {
  const lines = log('Oops: 0000 [#1] SMP', 'a', END, 'Oops: Oops: 0002 [#2] SMP', 'b', END, PANIC);
  expect(printedRecord(lines, 'exception', 1)!.lines).toContain('a');
  expect(printedRecord(lines, 'exception', 2)!.lines).toContain('b');
  expect(printedRecord(lines, 'exception')!.number).toBe(2);
  expect(printedRecord(lines, 'exception', 3)).toBeUndefined();
});

test('a line that was too long goes on in the next record', () => {
  expect(printedOopses(log('Oops: 0000 [#1]', 'Modules linked in: a', '+ b', END))[0]!.lines).toContain(
    'Modules linked in: a b',
  );
});

test('of a split lock the line that is broken before the header', () => {
  expect(printedOopses(log('before', 'Oops: Split lock detected\n: 0000 [#3] SMP', END))).toEqual([
    { number: 3, lines: ['Oops: Split lock detected', ': 0000 [#3] SMP', END] },
  ]);
});

test('a warning with its message, from its own mark on', () => {
  const cut = '------------[ cut here ]------------';
  const warning = 'WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2';
  expect(printedRecord(log(cut, 'n is 3', warning, 'x', PANIC, 'y'), 'warning')!.lines).toEqual([
    cut,
    'n is 3',
    warning,
    'x',
  ]);
  // The mark of an older one is not its own.
  expect(printedRecord(log(cut, 'WARNING: old', END, warning, PANIC), 'warning')!.lines).toEqual([warning]);
});

test('a panic’s own lines end where it has told all', () => {
  const own = [PANIC, 'CPU: 0', 'Call Trace:'];
  expect(printedRecord(log(...own, 'Kernel Offset: disabled', 'more'), 'panic')!.lines).toEqual(own);
  expect(printedRecord(log('nothing'), 'panic')).toBeUndefined();
});

test('a record whose end is lost is not the rest of the log', () => {
  const rest = Array.from({ length: 5000 }, (_, i) => `line ${i}`);
  expect(printedOopses(log('BUG: a', 'Oops: 0000 [#1] SMP', ...rest))[0]!.lines).toHaveLength(1001);
});
