import { expect, test } from 'vitest';
import { compareRecord, type PrintedLine } from 'oompm/oops';

function results(rebuilt: readonly (string | PrintedLine)[], printed: readonly string[]): string[] {
  const lines = rebuilt.map((line) => (typeof line === 'string' ? [line] : line));
  return compareRecord(lines, printed).map((line) =>
    line.result === 'differing' || line.result === 'only rebuilt'
      ? `${line.result}: ${line.rebuilt}`
      : `${line.result}: ${line.printed}`,
  );
}

test('a line that stands in a trace often is met in its order, and one that lacks shifts nothing', () => {
  const recursion = [' f+0x1/0x9', ' f+0x1/0x9', ' f+0x1/0x9', ' main+0x5/0x9'];
  expect(results(recursion, recursion)).toEqual(recursion.map((line) => `equal: ${line}`));
  expect(results(recursion.slice(1), recursion).filter((line) => !line.startsWith('equal'))).toEqual([
    'only printed:  f+0x1/0x9',
  ]);
  expect(results(recursion, recursion.slice(1)).filter((line) => !line.startsWith('equal'))).toEqual([
    'only rebuilt:  f+0x1/0x9',
  ]);
});

test('a line with another value is one line that differs; an address of a trace is one more and one less', () => {
  expect(results(['RAX: 1 RBX: 2', ' a+0x1/0x2'], ['RAX: 1 RBX: 3', ' b+0x1/0x2'])).toEqual([
    'differing: RAX: 1 RBX: 2',
    'only rebuilt:  a+0x1/0x2',
    'only printed:  b+0x1/0x2',
  ]);
  expect(results(['Oops: 0002 [#1] SMP'], ['Oops: 0000 [#1] SMP'])).toEqual(['differing: Oops: 0002 [#1] SMP']);
});

test('what the dump lacks is no difference; what it has beside it is', () => {
  const line: PrintedLine = ['CR2: ', { what: 'CR2', digits: 16 }, ' CR3: ', { what: 'CR3', text: '1', digits: 1 }];
  expect(compareRecord([line], ['CR2: 0000000000000028 CR3: 1'])).toEqual([
    { result: 'not in memory', printed: 'CR2: 0000000000000028 CR3: 1', what: ['CR2'] },
  ]);
  expect(results([line], ['CR2: 0000000000000028 CR3: 2'])).toEqual(['differing: CR2: ???????????????? CR3: 1']);
  // Its text is no pattern.
  expect(results([['a+0x1/0x2 [m] (', { what: 'x', digits: 1 }]], ['a+0x1/0x2 [m] (y'])).toEqual([
    'not in memory: a+0x1/0x2 [m] (y',
  ]);
});

test('white space is ignored', () => {
  expect(results(['PMD 0 ', '#1  Debian'], ['PMD 0', '#1 Debian'])).toEqual(['equal: PMD 0', 'equal: #1 Debian']);
});
