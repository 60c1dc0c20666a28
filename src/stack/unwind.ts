import { gapOf } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { taskLabel, type Task } from '../linux/sched/tasks.js';
import { readOr } from '../kernel/read-or.js';
import { ReadError } from '../memory/address-space.js';
import { spOf, codeAddressOf, type Caller, type Frame, type UnwoundStack } from '../arch/stack/frame.js';
import type { StackArea } from '../arch/stack/stack-area.js';
import { cfiCaller } from './cfi-step.js';
import { codePlace, codeRangeOf } from './code.js';
import type { UnwindRule } from '../arch/stack/stack-architecture.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';
import { callerOfNoCode } from './wild-call.js';
import { unwindRules, type UnwindRules } from './unwind-rules.js';
import { pastTrampolines } from './replaced-return.js';
import { stackMemory, type StackMemory } from '../arch/stack/stack-memory.js';
import { hex } from '../words/hex.js';
import { defined } from '../words/defined.js';

/** Deepest stack that is believed: 16 KiB hold some 200 frames, and there are eight stacks for a CPU. */
const MOST_FRAMES = 1024;

/** What unwinding needs beside registers and areas. */
export interface UnwindOptions {
  /**
   * Also find the registers that callers had saved, by the compiler's call frame information: values of locals rest on
   * them.
   */
  savedRegisters?: boolean;
  /** Whose stack it is: tracers keep a task's return addresses with the task. */
  task?: Task;
}

/**
 * Unwinds from a frame to the bottom of its stack: by ORC, where it has nothing by call frame information, then by
 * frame pointers. Never reads outside of `areas`. What stops it is in `end`.
 */
export function unwind(
  kernel: Kernel,
  first: Caller,
  areas: readonly StackArea[],
  options: UnwindOptions = {},
): UnwoundStack {
  const memory = stackMemory(kernel, areas);
  const frames: Frame[] = [];
  const left = new Set<StackArea>();
  let frame = placed(memory, first);
  for (;;) {
    kernel.guard.step();
    frames.push(frame);
    if (frame.user) return { frames };
    const next =
      frames.length < MOST_FRAMES ? nextFrame(memory, frame, options) : { reason: `more than ${MOST_FRAMES} frames` };
    if (next === undefined) return { frames };
    const caller = 'reason' in next ? next : unlessCircle(frame, next, left);
    if ('reason' in caller) return { frames, end: caller.reason, brokenAfter: frames.length - 1 };
    if (frame.area && frame.area !== caller.area) left.add(frame.area);
    frame = caller;
  }
}

/** Why there is no caller to be had. */
interface Broken {
  reason: string;
}

/**
 * Stacks are left upwards, and each of them once: anything else would go on for ever. @returns the caller, where that
 * is so
 */
function unlessCircle(frame: Frame, next: Frame, left: ReadonlySet<StackArea>): Frame | Broken {
  if (next.user || !next.area || !frame.area) return next;
  if (left.has(next.area)) return { reason: `has a cycle: back to the ${next.area.name}, which it had left` };
  if (next.area === frame.area && spOf(next)! <= spOf(frame)!)
    return { reason: `has a cycle: the caller's stack pointer ${hex(spOf(next)!)} is not above ${hex(spOf(frame)!)}` };
  return next;
}

function placed(memory: StackMemory, caller: Caller): Frame {
  const { sp } = caller;
  const area = sp === undefined || caller.user ? undefined : topArea(memory, sp);
  return { ...caller, ...defined({ area }) };
}

/** A stack pointer may stand right at the top, where nothing is left to pop. */
function topArea(memory: StackMemory, sp: bigint): StackArea | undefined {
  return memory.areaOf(sp) ?? memory.areaOf(sp - 8n);
}

/** The caller's frame; undefined at the bottom of the stack. */
function nextFrame(memory: StackMemory, frame: Frame, options: UnwindOptions): Frame | Broken | undefined {
  const { kernel } = memory;
  const stacks = stacksOf(kernel);
  const rules = unwindRules(kernel);
  const found = ruleFor(kernel, rules, frame);
  const [rule, unreadable] = found && 'reason' in found ? [undefined, found.reason] : [found, undefined];
  if (rule?.isBottom) return undefined;
  const ways: (() => Caller | undefined)[] = [() => callerOfNoCode(memory, frame)];
  const byRule = rule?.caller;
  if (byRule) ways.push(() => withSavedRegisters(memory, frame, byRule(memory, frame), options));
  ways.push(() => cfiCaller(memory, frame));
  if (!rule && unreadable === undefined)
    ways.push(() => stacks.framePointerCaller(memory, frame, justEntered(kernel, frame) ? 'nothing' : 'all'));
  let reason = unreadable;
  let unread: ReadError | undefined;
  const callerBy = (way: () => Caller | undefined): Frame | Broken | undefined => {
    const caller = way();
    if (caller === undefined) return undefined;
    const next = placed(memory, pastTrampolines(kernel, caller, options.task));
    // A jump into the void leaves an address that is no code in the saved registers: that frame is real.
    return next.user || next.entry || codeRangeOf(kernel, codeAddressOf(next)) ? next : { reason: notCode(next) };
  };
  for (const way of ways) {
    const next = readOr(
      () => callerBy(way),
      (error) => {
        if (error instanceof ReadError) unread ??= error;
        return { reason: error.message };
      },
    );
    if (next === undefined) continue;
    if (!('reason' in next)) return next;
    reason ??= next.reason;
  }
  if (unread)
    kernel.gaps.record(gapOf(options.task ? `stack of ${taskLabel(kernel, options.task)}` : 'a stack', unread));
  if (!rules && frame.registers[stacks.registers.framePointer] === 0n) return undefined;
  return { reason: reason ?? undescribed(kernel, frame) };
}

/**
 * What the tables say of a frame; undefined where they say nothing, the reason where that can't be read. A frame
 * pointer is no stand-in for it: in a kernel with ORC functions use the register as they like.
 */
function ruleFor(kernel: Kernel, rules: UnwindRules | undefined, frame: Frame): UnwindRule | Broken | undefined {
  return (
    rules &&
    readOr(
      () => rules.at(codeAddressOf(frame)),
      (error) => {
        kernel.gaps.record(gapOf(rules.name, error));
        return { reason: `the ${rules.name} can't be read: ${error.message}` };
      },
    )
  );
}

function justEntered(kernel: Kernel, { interrupted, ip }: Frame): boolean {
  return interrupted && codePlace(kernel, ip)?.offset === 0;
}

/** objtool leaves functions out that change the stack in ways of their own (STACK_FRAME_NON_STANDARD). */
function undescribed(kernel: Kernel, frame: Frame): string {
  const place = codePlace(kernel, codeAddressOf(frame));
  if (place === undefined) return `${hex(frame.ip)} is not code of the kernel or a module`;
  return `no table describes the stack within ${place.function}`;
}

function notCode(frame: Frame): string {
  const sp = spOf(frame);
  return `the return address ${hex(frame.ip)}${sp === undefined ? '' : ` below ${hex(sp)}`} is not code`;
}

/**
 * ORC knows what is patched and where stacks are changed; where the compiler agrees on the frame, it knows more
 * registers.
 */
function withSavedRegisters(
  memory: StackMemory,
  frame: Frame,
  caller: Caller,
  { savedRegisters }: UnwindOptions,
): Caller {
  if (!savedRegisters || caller.entry) return caller;
  const byCompiler = cfiCaller(memory, frame);
  if (byCompiler?.ip !== caller.ip || byCompiler.sp !== caller.sp) return caller;
  return { ...caller, registers: byCompiler.registers.map((value, number) => value ?? caller.registers[number]) };
}
