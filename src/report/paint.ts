import type { Hue } from './palette.js';

/**
 * Colours by meaning, or by the kind of a picture's part; each is also in the words. `plain` leaves the text as it is.
 */
export type Meaning = 'title' | 'heading' | 'quiet' | 'bad' | 'warning' | 'good' | 'address' | Hue;
export type Paint = (meaning: Meaning, text: string) => string;

export const plain: Paint = (_, text) => text;

/** The sixteen colours that every terminal has, so that a light and a dark one both can show them. */
const codes: Readonly<Record<Meaning, [number, number]>> = {
  title: [1, 22],
  heading: [1, 22],
  quiet: [2, 22],
  bad: [31, 39],
  warning: [33, 39],
  good: [32, 39],
  address: [36, 39],
  magenta: [35, 39],
  green: [32, 39],
  cyan: [36, 39],
  yellow: [33, 39],
  blue: [94, 39],
};

export const coloured: Paint = (meaning, text) => {
  const [on, off] = codes[meaning];
  return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;
};
