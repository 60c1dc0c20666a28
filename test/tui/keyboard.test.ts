import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { keyboard, type Stroke } from '../../src/tui/keyboard.js';
import { actionsOf } from '../../src/tui/state/keys.js';
import { ToySession } from './toy-state.js';

const esc = '\u001b';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** What is told of chunks that come one right after another; then nothing for a while. */
function strokesOf(...chunks: readonly string[]): Stroke[] {
  const told: Stroke[] = [];
  const keys = keyboard((strokes) => told.push(...strokes));
  for (const chunk of chunks) keys.take(chunk);
  vi.runAllTimers();
  return told;
}

/** As keys are named: 'up', 'a', 'Ctrl-c'. */
const named = (strokes: readonly Stroke[]): string[] =>
  strokes.map(({ input, key }) => (key.ctrl ? `ctrl ${input}` : Object.keys(key).toSorted().join(' ') || input));

describe('keys', () => {
  test.each([
    ['jj5', ['j', 'j', '5']],
    ['\r\n\t\u007f\b\u0003', ['return', 'tab', 'backspace', 'backspace', 'ctrl c']],
    ['\r\n', ['return']],
    [`${esc}[A${esc}OB${esc}[1;5C${esc}[5~${esc}[6;2~`, ['upArrow', 'downArrow', 'rightArrow', 'pageUp', 'pageDown']],
    [`${esc}[H${esc}[4~${esc}OF${esc}[Z`, ['home', 'end', 'end', 'shift tab']],
    [`${esc}[<64;10;5M`, ['[<64;10;5M']],
    ['日e\u0301', ['日', 'e\u0301']],
    [esc, ['escape']],
    [esc + esc, ['escape', 'escape']],
    [`${esc}q`, []],
  ])('%j', (text, expected) => {
    expect(named(strokesOf(text))).toEqual(expected);
  });

  test('a sequence that is cut anywhere is the same key; Esc and, later, a bracket are two', () => {
    for (const whole of [`${esc}[<64;10;5M`, `${esc}[1;5C`, `${esc}OB`])
      for (let at = 1; at < whole.length; at++)
        expect(strokesOf(whole.slice(0, at), whole.slice(at)), `at ${at}`).toEqual(strokesOf(whole));
    const told: Stroke[] = [];
    const keys = keyboard((strokes) => told.push(...strokes));
    keys.take(esc);
    vi.runAllTimers();
    keys.take('[A');
    expect(named(told)).toEqual(['escape', '[', 'A']);
  });
});

describe('what stands for no key is passed over whole', () => {
  test.each([
    ['colours', `a${esc}[31mb${esc}[0;1;38;5;9mc`],
    ['function keys, Insert and Delete', `a${esc}OP${esc}[15;5~${esc}[[Ab${esc}[2~${esc}[3~c`],
    ["a terminal's answers", `a${esc}]11;rgb:0000/0000/0000\u0007b${esc}P1$r0m${esc}\\${esc}[?62;4cc`],
    ['an old mouse', `a${esc}[M !"b${esc}[M###c`],
    ['a key with all modifiers (Ctrl among them)', `a${esc}[27;5;13~b${esc}[99;5uc`],
  ])('%s', (_, text) => {
    expect(named(strokesOf(text))).toEqual(['a', 'b', 'c']);
  });
});

describe('pasted text', () => {
  const paste = (text: string): string => `${esc}[200~${text}${esc}[201~`;

  test('is no keys: on a screen it does nothing, in a line it stands without control characters', () => {
    const strokes = strokesOf(paste(`q\nQ\u0003${esc}[31m\u009b日`));
    expect(strokes).toEqual([{ input: 'q Q[31m日', key: { pasted: true } }]);
    const press = (session: ToySession): ToySession => {
      for (const { input, key } of strokes)
        for (const action of actionsOf(session.state, input, key)) session.act(action);
      return session;
    };
    expect(press(new ToySession({})).effects).toEqual([]);
    expect(press(new ToySession({}).keys('&a')).state.mode).toMatchObject({ kind: 'input', text: 'aq Q[31m日' });
  });

  test('in pieces is one; after it keys are keys; one that has no end ends by itself', () => {
    expect(strokesOf(`j${esc}[200~a`, 'b\nc', `d${esc}[201~k`)).toEqual([
      { input: 'j', key: {} },
      { input: 'ab cd', key: { pasted: true } },
      { input: 'k', key: {} },
    ]);
    const told: Stroke[] = [];
    const keys = keyboard((strokes) => told.push(...strokes));
    keys.take(`${esc}[200~abc`);
    vi.runAllTimers();
    keys.take('q');
    expect(told).toEqual([
      { input: 'abc', key: { pasted: true } },
      { input: 'q', key: {} },
    ]);
  });
});

test('whatever comes, in whatever pieces, no stroke has a control character, and what follows is told', () => {
  const piece = fc.constantFrom(
    esc,
    '[',
    ']',
    'O',
    'P',
    'M',
    '<',
    '1',
    ';',
    '5',
    '~',
    'm',
    'a',
    '\u0000',
    '\u0007',
    '\r',
    '\ud800',
    '日',
  );
  fc.assert(
    fc.property(
      fc.array(
        fc.array(piece).map((parts) => parts.join('')),
        { maxLength: 8 },
      ),
      (chunks) => {
        const strokes = strokesOf(...chunks);
        for (const { input } of strokes) expect(input).not.toMatch(/\p{Cc}/u);
        const told: Stroke[] = [];
        const keys = keyboard((some) => told.push(...some));
        for (const chunk of chunks) keys.take(chunk);
        vi.runAllTimers();
        keys.take('z');
        expect(named(told).at(-1)).toBe('z');
      },
    ),
    { numRuns: 300 },
  );
});
