import { anyOf } from '../words/any-of.js';
import { exitCodeIn, initEndedTold } from '../faults/init-in-words.js';
import { word } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';
import type { OopsText } from './oops-text.js';

/** What runs because the kernel panics, in the trace that it prints of itself. */
export const PANICKING = anyOf(
  /dump_(?:stack|backtrace)\w*|show_stack\w*|unwind_backtrace|__show_regs|v?panic|nmi_panic|__stack_chk_fail/,
  /panic_on_\w+|panic_bad_stack|handle_bad_stack|__bad_stack/,
);
/** Of these the message tells, and not the place. */
export const KERNELS_OWN = anyOf(
  /watchdog\w*|check_hung_\w+|.*_stall|do_(?:group_)?exit|complete_and_exit|make_task_dead|die|oops_end/,
  /sysrq_handle_crash|__handle_sysrq|mount_\w+|prepare_namespace|kernel_init\w*|mce_\w+|do_machine_check/,
  /_{0,2}schedule|schedule_debug|out_of_memory|check_panic_on_oom/,
);

/** What a panic is about, by its message. */
const byMessage: readonly (readonly [RegExp, (oops: OopsText) => Told])[] = [
  [/^sysrq triggered crash/, () => byHandTold()],
  [/^Attempted to kill init!/, ({ panic = '' }) => initEndedTold(exitCodeIn(panic))],
  [/machine check|broadcast exception handler/i, () => machineCheckTold()],
  [/^VFS: Unable to mount root/, () => told`The kernel could not mount its root file system`],
  [/^No (?:working )?init found|^Requested init \S+ failed/, () => told`The kernel found no program to start as init`],
  [/^hung_task/, () => told`A task was blocked for too long`],
  [/^softlockup/, () => told`A CPU ran one task for too long`],
  [/LOCKUP|^hard lockup/, () => told`A CPU took no interrupts for too long (a hard lockup)`],
  [/^RCU [Ss]tall/, () => told`A CPU or task kept RCU waiting for too long`],
  [
    /^(?:KASAN|KFENCE|KMSAN|UBSAN|KCSAN): panic_on_warn|^panic_on_kmsan set/,
    ({ panic = '' }) =>
      told`The kernel’s ${word('check', sanitizerIn(panic), 'the panic’s message')} reported, and a setting made a panic of it`,
  ],
  [/panic_on_warn|warned too often/, () => told`The kernel ran into a WARN(), of which a setting made a panic`],
  [/^Fatal exception/, () => told`The kernel died of an oops that the text does not have`],
  [/^corrupted stack end detected/, () => told`A task’s stack was overrun, as the scheduler found`],
  [/^kernel stack overflow/, () => told`The stack was exhausted`],
];

/** What the message tells of; undefined where the stack tells more. */
export function panicTold(oops: OopsText): Told | undefined {
  const { panic = '', reason } = oops;
  if (reason !== undefined && /Machine Check/.test(reason)) return machineCheckTold();
  return byMessage.find(([pattern]) => pattern.test(panic))?.[1](oops);
}

function sanitizerIn(panic: string): string {
  return panic.startsWith('panic_on_') ? 'KMSAN' : panic.slice(0, panic.indexOf(':'));
}

function machineCheckTold(): Told {
  return told`The processor reported a machine check that the kernel could not go on after`;
}

/** sysrq-c, which is a panic, and until 5.2 a write to NULL. */
export function byHandTold(): Told {
  return told`The crash was asked for by hand (sysrq-c)`;
}

export function isByHand({ panic = '', place }: OopsText): boolean {
  return place?.function === 'sysrq_handle_crash' || /^(?:sysrq triggered|SysRq)/i.test(panic);
}
