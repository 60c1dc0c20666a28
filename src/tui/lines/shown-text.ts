import { oneLine } from '../../report/escape.js';

/** More of one text does not fit on any screen; measuring and escaping it all for each frame would be felt. */
const longestShown = 1_000;

/** Text from a dump as a screen shows it: escaped, and no longer than a screen can be. */
export function shownText(text: string): string {
  return oneLine(text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`);
}
