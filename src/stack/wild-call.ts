import type { StackMemory } from '../arch/stack/stack-memory.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { Caller, Frame } from '../arch/stack/frame.js';
import { codeRangeOf } from './code.js';
import { returnAddress } from './return-address.js';

/**
 * The caller of what is no code: nothing has run there, so the call's return address is still the innermost word of
 * the stack, and every other register is the caller's own. undefined where no call stands before it. The kernel's own
 * unwinder has null_orc_entry for NULL alone. @throws ReadError, Implausible
 */
export function callerOfNoCode(memory: StackMemory, frame: Frame): Caller | undefined {
  const { kernel } = memory;
  if (!frame.interrupted || frame.sp === undefined || codeRangeOf(kernel, frame.ip) !== undefined) return undefined;
  const { registers } = stacksOf(kernel);
  const ip = memory.word(frame.sp);
  if (returnAddress(kernel, ip)?.callSeen !== true) return undefined;
  const sp = frame.sp + 8n;
  return {
    ip,
    interrupted: false,
    sp,
    registers: frame.registers.map((value, number) => {
      if (number === registers.ip) return ip;
      return number === registers.sp ? sp : value;
    }),
    found: 'unwound',
  };
}
