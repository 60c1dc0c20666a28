import type { CommonValues } from '../app/common-flags.js';

/** What the command line asks the screens for. */
export interface TuiRequest {
  /** The files as the command line names them. */
  words: readonly string[];
  flags: CommonValues;
  version: string;
  /** The file with the list of bundled plugins. */
  bundled: string;
  colour: boolean;
}
