import { InputError } from './input-error.js';

/** Of a file that is another by now than it was when it was opened. @param change see `OpenFile.change` */
export function changeInWords(subject: string, change: string): string {
  return `${subject} ${change}: what was read may be of two states of it; run this again when nothing writes to it.`;
}

/** What is wrong with a file that somebody writes to may be no fault of what it will be. */
export function refusedAsChanged([change]: readonly string[], error: unknown): unknown {
  return change !== undefined && error instanceof InputError
    ? new InputError(`${error.message} ${change}`, { cause: error })
    : error;
}
