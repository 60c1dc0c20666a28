import type { Kernel } from '../kernel/kernel.js';
import { exitCodeIn, initEndedTold, initOopsedTold, type ExitCode } from '../faults/init-in-words.js';
import { address } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';
import { whichOopsTold } from './oopsed-in-words.js';

/** How init ended. */
export function initTold(kernel: Kernel, ending: Ending): Told {
  return ending.rewound === true
    ? initOopsedTold(whichOopsTold(kernel, ending))
    : initEndedTold(exitCode(kernel, ending), atTold(ending));
}

/** A signal that a process's own instruction raised is delivered where it stands. */
function atTold({ context }: Ending): Told | string {
  const user = context.stack.frames.find((frame) => frame.user === true);
  if (user === undefined) return '';
  return told` at ${address('user address', user.ip, 'the registers that its entry saved')} in user space`;
}

/** `signal_struct.group_exit_code`, which a signal and exit_group() set; else what the panic said. */
function exitCode(kernel: Kernel, { context, panic }: Ending): ExitCode | undefined {
  const { task } = context;
  const value =
    task === undefined
      ? undefined
      : kernel.attempt('signal_struct.group_exit_code', () => task.signal?.group_exit_code);
  if (value !== undefined && value !== 0) return { value, source: 'signal_struct.group_exit_code' };
  return exitCodeIn(panic.message ?? '');
}
