import type { Key } from './state/keys.js';

/** One key, or what else the terminal said: `input` is a character, a report of the mouse, or pasted text. */
export interface Stroke {
  input: string;
  key: Key;
}

/** A lone Esc is told from the beginning of a sequence by what does not follow it: a slow line takes so long. */
const pauseMs = 50;
/** So long a paste may pause; one whose end never comes must not swallow all keys. */
const pasteMs = 500;
/** No sequence is as long: what claims to be is text gone wrong. */
const longestSequence = 4_096;

const pasteBegins = '\u001b[200~';
const pasteEnds = '\u001b[201~';

/**
 * Takes what the terminal sends, cut anywhere, and tells the keys in it. Sequences that stand for no key, such as
 * colours in pasted text or a terminal's answers, are passed over whole.
 */
export interface Keyboard {
  readonly take: (text: string) => void;
  readonly stop: () => void;
}

export function keyboard(tell: (strokes: readonly Stroke[]) => void): Keyboard {
  let rest = '';
  let isPasting = false;
  let timer: NodeJS.Timeout | undefined;

  const take = (text: string): void => {
    clearTimeout(timer);
    rest += text;
    const strokes: Stroke[] = [];
    for (;;) {
      if (isPasting) {
        const end = rest.indexOf(pasteEnds);
        if (end < 0) break;
        strokes.push(pasted(rest.slice(0, end)));
        rest = rest.slice(end + pasteEnds.length);
        isPasting = false;
      }
      const start = rest.indexOf(pasteBegins);
      const typed = strokesIn(start < 0 ? rest : rest.slice(0, start));
      strokes.push(...typed.strokes);
      if (start < 0) {
        rest = typed.rest.length > longestSequence ? '' : typed.rest;
        break;
      }
      rest = rest.slice(start + pasteBegins.length);
      isPasting = true;
    }
    if (strokes.length > 0) tell(strokes);
    if (rest !== '' || isPasting) timer = setTimeout(pause, isPasting ? pasteMs : pauseMs);
  };

  /** Nothing followed: it was Esc, Alt with a key, or something broken off. */
  const pause = (): void => {
    const told = rest;
    const stroke = isPasting ? pasted(told) : told === '\u001b' ? escape : undefined;
    rest = '';
    isPasting = false;
    if (stroke !== undefined) tell([stroke]);
  };

  return {
    take,
    stop: () => clearTimeout(timer),
  };
}

const escape: Stroke = { input: '', key: { escape: true } };

/** Without control characters: a line break is a space, others are nothing. */
function pasted(text: string): Stroke {
  return { input: text.replaceAll(/[\r\n\t]+/g, ' ').replaceAll(/\p{Cc}/gu, ''), key: { pasted: true } };
}

/**
 * What follows the escape of one that is whole: the console's function keys, an old mouse, CSI, SS3, and strings (OSC,
 * DCS, SOS, PM, APC), which end with BEL, or an escape and a backslash.
 */
const sequence = /\[\[[A-E]|\[M[^]{3}|\[([0-?]*)[ -/]*([@-~])|O([ -~])|[\]PX^_]\P{Cc}*\p{Cc}(?:\\|(?!$))/uy;
/** Of one that is not: more of it may come. */
const begun = /(?:\[\[?[0-?]*[ -/]*|\[M[^]{0,2}|O|[\]PX^_]\P{Cc}*\p{Cc}?)?$/uy;

function strokesIn(text: string): { strokes: Stroke[]; rest: string } {
  const strokes: Stroke[] = [];
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('\u001b', at);
    strokes.push(...charactersIn(text.slice(at, next < 0 ? text.length : next)));
    if (next < 0) break;
    sequence.lastIndex = next + 1;
    const found = sequence.exec(text);
    if (found !== null) {
      const [whole, parameters = '', final = '', single = ''] = found;
      const stroke = strokeOf(parameters, final === '' ? single : final);
      if (stroke !== undefined) strokes.push(stroke);
      at = next + 1 + whole.length;
      continue;
    }
    begun.lastIndex = next + 1;
    if (begun.test(text)) return { strokes, rest: text.slice(next) };
    const after = text.charCodeAt(next + 1);
    // Alt with a key is none of ours, nor is what breaks off; before anything else it was Esc itself.
    if (after > 0x20 && after !== 0x7f) at = next + 2;
    else {
      strokes.push(escape);
      at = next + 1;
    }
  }
  return { strokes, rest: '' };
}

const byFinal: Readonly<Record<string, Key>> = {
  A: { upArrow: true },
  B: { downArrow: true },
  C: { rightArrow: true },
  D: { leftArrow: true },
  H: { home: true },
  F: { end: true },
  Z: { tab: true, shift: true },
  M: { return: true },
};
const byNumber: Readonly<Record<string, Key>> = {
  1: { home: true },
  4: { end: true },
  5: { pageUp: true },
  6: { pageDown: true },
  7: { home: true },
  8: { end: true },
};

/** Shift, Alt and Ctrl with such a key are the key. */
function strokeOf(parameters: string, final: string): Stroke | undefined {
  if (parameters.startsWith('<')) return { input: `[${parameters}${final}`, key: {} };
  const key = final === '~' ? byNumber[parameters.split(';')[0]!] : byFinal[final];
  return key && { input: '', key };
}

/** Keys that are held down, or come over a slow line, arrive several at once: one after another. */
function charactersIn(text: string): Stroke[] {
  return [...new Intl.Segmenter().segment(text)].map(({ segment }): Stroke => {
    if (segment === '\r\n' || segment === '\r' || segment === '\n') return { input: '', key: { return: true } };
    const code = segment.charCodeAt(0);
    if (code === 9) return { input: '', key: { tab: true } };
    if (code === 8 || code === 127) return { input: '', key: { backspace: true } };
    return code > 0 && code < 27
      ? { input: String.fromCharCode(code + 96), key: { ctrl: true } }
      : { input: code < 32 ? '' : segment, key: {} };
  });
}
