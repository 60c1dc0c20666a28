import { number, word } from '../words/known-facts.js';
import { signalName } from '../words/signals.js';
import { told, type Told } from '../words/told.js';

/** do_exit()'s code, as wait4() gives it, and what says so. */
export interface ExitCode {
  readonly value: number;
  readonly source: string;
}

const without = 'and the kernel can’t go on without it';

/** "init was killed by SIGSEGV, and …": how it ended. @param at where a signal met it: " at 0x… in user space" */
export function initEndedTold(code: ExitCode | undefined, at: Told | string = ''): Told {
  if (code === undefined) return told`init ended, ${without}`;
  const { value, source } = code;
  const signal = value & 0x7f;
  if (signal !== 0) return told`init was killed by ${word('signal', signalName(signal), source)}${at}, ${without}`;
  return told`init exited with status ${number('exit status', (value >> 8) & 0xff, source)}, ${without}`;
}

export function initOopsedTold(which: Told | string = 'an oops'): Told {
  return told`init died of ${which}, ${without}`;
}

/** As the message of the panic has it. */
export function exitCodeIn(message: string): ExitCode | undefined {
  const [, hex] = /exitcode=0x([0-9a-f]{8})/.exec(message) ?? [];
  return hex === undefined
    ? undefined
    : { value: Number.parseInt(hex, 16), source: 'exitcode of the panic, in the log' };
}
