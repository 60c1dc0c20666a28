import { describe, expect, test } from 'vitest';
import { nearestWord } from '../../src/words/nearest-word.js';
import { commonFlags } from '../../src/app/common-flags.js';
import { commonFlagNames, takenLetters } from '../../src/plugin/check-definition.js';
import { definePlugin } from '../../src/plugin/define-plugin.js';

describe('the nearest word', () => {
  const words = ['analyze', 'zones', 'locks', 'log', 'ps', 'task_struct', 'mm_struct', 'page'];
  test.each([
    ['analyse', 'analyze'],
    ['zone', 'zones'],
    ['lokcs', 'locks'],
    ['task_struc', 'task_struct'],
    ['TASK_STRUCT', 'task_struct'],
    ['pgae', 'page'],
    ['lgo', 'log'],
    // The only one that begins with it; of another, none.
    ['ana', 'analyze'],
    ['Mm_', 'mm_struct'],
    ['mut', undefined],
    // Its nearest neighbours, where nothing is meant.
    ['frobnicate', undefined],
    ['x', undefined],
    ['', undefined],
    ['cat', undefined],
    ['mutex', undefined],
    ['a'.repeat(5_000), undefined],
  ])('%s: %s', (typed, meant) => {
    expect(nearestWord(typed, words)).toBe(meant);
  });
});

describe('a plugin can’t take a flag of every command', () => {
  const withFlag =
    (name: string, char?: string): (() => unknown) =>
    () =>
      definePlugin({
        id: 'mine',
        summary: 'x',
        flags: { [name]: { type: 'string', summary: 'y', ...(char === undefined ? {} : { char }) } },
        *run() {
          /* nothing */
        },
      });

  test('the list of them is the command line’s', () => {
    expect([...commonFlagNames].toSorted()).toEqual([...Object.keys(commonFlags), 'help'].toSorted());
    expect([...takenLetters].toSorted()).toEqual(
      [
        ...Object.values(commonFlags).flatMap((flag) => ('char' in flag && flag.char !== undefined ? [flag.char] : [])),
        'h',
      ].toSorted(),
    );
  });

  test('by name, by letter; another is free', () => {
    expect(withFlag('output')).toThrow('plugin mine: every command has a flag --output; give yours another name');
    expect(withFlag('only', 'o')).toThrow(
      'plugin mine: flag only: -o is a flag of every command; give yours another letter',
    );
    expect(withFlag('only', 'n')).not.toThrow();
  });
});
