import type { Kernel } from '../kernel/kernel.js';
import { address, number, word } from '../words/known-facts.js';
import { signalName } from '../words/signals.js';
import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';

/** How init ended: do_exit()'s code, as wait4() gives it. */
export function initEndedTold(kernel: Kernel, ending: Ending): Told {
  const without = 'and the kernel can’t go on without it';
  if (ending.culprit.machinery.some(({ name }) => name === 'rewind_stack_and_make_dead'))
    return told`init died of an oops, ${without}`;
  const code = exitCode(kernel, ending);
  if (code === undefined) return told`init ended, ${without}`;
  const signal = code.value & 0x7f;
  if (signal === 0) {
    const status = number('exit status', (code.value >> 8) & 0xff, code.source);
    return told`init exited with status ${status}, ${without}`;
  }
  return told`init was killed by ${word('signal', signalName(signal), code.source)}${atTold(ending)}, ${without}`;
}

/** A signal that a process's own instruction raised is delivered where it stands. */
function atTold({ context }: Ending): Told | string {
  const user = context.stack.frames.find((frame) => frame.user === true);
  if (user === undefined) return '';
  return told` at ${address('user address', user.ip, 'the registers that its entry saved')} in user space`;
}

const IN_MESSAGE = /exitcode=0x([0-9a-f]{8})/;

/** `signal_struct.group_exit_code`, which a signal and exit_group() set; else what the panic said. */
function exitCode(kernel: Kernel, { context, panic }: Ending): { value: number; source: string } | undefined {
  const { task } = context;
  const value =
    task === undefined
      ? undefined
      : kernel.attempt('signal_struct.group_exit_code', () => task.signal?.group_exit_code);
  if (value !== undefined && value !== 0) return { value, source: 'signal_struct.group_exit_code' };
  const said = IN_MESSAGE.exec(panic.message ?? '')?.[1];
  return said === undefined
    ? undefined
    : { value: Number.parseInt(said, 16), source: 'exitcode of the panic, in the log' };
}
