import type { Registers } from '../arch/registers.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../linux/sched/tasks.js';
import { isUnmapped, type AddressSpace } from '../memory/address-space.js';
import type { PrintedLine } from '../words/printed-line.js';

/** show_opcodes(): the code around the instruction pointer, the instruction's first byte in angle brackets. */
export function codeLine(kernel: Kernel, task: Task, registers: Pick<Registers, 'ip' | 'sp'>): PrintedLine {
  const { oops, isUserMode } = stacksOf(kernel);
  const { before, behind } = oops.code;
  const start = BigInt.asUintN(64, registers.ip - BigInt(before));
  const isUser = isUserMode(registers);
  const memory = isUser ? userMemory(kernel, task) : kernel.memory;
  const unread: PrintedLine = ['Code: ', { what: isUser ? 'code of user space' : 'code', digits: 1 }];
  if (memory === undefined) return unread;
  const bytes = kernel.peek('code', () => memory.read(start, before + 1 + behind));
  if (bytes === undefined) return isGone(memory, start, before + behind) ? oops.noCode(kernel, start) : unread;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  hex[before] = `<${hex[before]!}>`;
  return [`Code: ${hex.join(' ')}`];
}

/**
 * The address of the page fault that the kernel itself met as it read code to print it: it is the last one from then
 * on. undefined where it met none: all could be read, or it did not try.
 */
export function faultInPrinting(kernel: Kernel, registers: Pick<Registers, 'ip' | 'sp'>): bigint | undefined {
  const { oops, isUserMode } = stacksOf(kernel);
  const { before, behind } = oops.code;
  const start = BigInt.asUintN(64, registers.ip - BigInt(before));
  // copy_from_kernel_nofault_allowed()
  if (isUserMode(registers) || start < kernel.arch.memory.kernelStart) return undefined;
  if (isUnmapped(kernel.memory, start)) return start;
  const page = BigInt(kernel.memory.pageSize);
  const next = (start / page + 1n) * page;
  return next <= start + BigInt(before + behind) && isUnmapped(kernel.memory, next) ? next : undefined;
}

function userMemory(kernel: Kernel, task: Task): AddressSpace | undefined {
  return kernel.peek('mm_struct.pgd', () => {
    const pgd = task.mm?.pgd;
    return pgd === undefined ? undefined : kernel.userSpace(pgd);
  });
}

/** The kernel could not read it either. */
function isGone(memory: AddressSpace, start: bigint, length: number): boolean {
  return isUnmapped(memory, start) || isUnmapped(memory, BigInt.asUintN(64, start + BigInt(length)));
}
