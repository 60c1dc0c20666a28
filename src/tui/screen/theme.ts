import { createContext } from 'react';
import type { TextProps } from 'ink';
import type { Meaning } from '../../report/paint.js';

/** How a meaning looks: the sixteen colours that every terminal has, so that light and dark ones both can show them. */
export type Theme = Readonly<Record<Meaning, TextProps>>;

export const coloured: Theme = {
  title: { bold: true, underline: true },
  heading: { bold: true },
  quiet: { dimColor: true },
  bad: { color: 'red', bold: true },
  warning: { color: 'yellow' },
  good: { color: 'green' },
  address: { color: 'cyan' },
  magenta: { color: 'magenta' },
  green: { color: 'green' },
  cyan: { color: 'cyan' },
  yellow: { color: 'yellow' },
  blue: { color: 'blueBright' },
};

/** NO_COLOR: each meaning is in the words too, weight only helps the eye. */
export const uncoloured: Theme = {
  title: { bold: true, underline: true },
  heading: { bold: true },
  quiet: {},
  bad: { bold: true },
  warning: {},
  good: {},
  address: {},
  magenta: {},
  green: {},
  cyan: {},
  yellow: {},
  blue: {},
};

export const ThemeContext = createContext<Theme>(coloured);
