import type { Kernel } from '../kernel/kernel.js';
import type { Frame } from '../arch/stack/frame.js';
import { codePlace } from './code.js';
import { codeAddressOf, spOf } from '../arch/stack/frame.js';
import { nameFrames } from './name-frames.js';
import type { TaskStack } from './stacks.js';
import { variablesIn } from './variables.js';
import { variableText } from './variable-text.js';
import { defined } from '../words/defined.js';
import type { Stack, StackFrame } from '../words/views.js';

/** Frames for a view of stacks, innermost first, and why there are no more of them. */
export type ShownStack = Pick<Stack, 'frames' | 'end'>;

/** What is shown beside the functions’ names; nothing if not given. */
export interface ShowOptions {
  /** Registers that entries into the kernel saved. */
  registers?: boolean;
  /** Arguments and locals, where there is DWARF. */
  variables?: boolean;
}

/** A stack with names, lines and remarks, ready to be a view; inlined functions are frames of their own. */
export function showStack(kernel: Kernel, stack: TaskStack, options: ShowOptions = {}): ShownStack {
  const frames: StackFrame[] = [];
  for (const [position, frame] of stack.frames.entries()) {
    const named = nameFrames(kernel, [frame]);
    for (const { level, inlined, function: name, place, source } of named) {
      const remarks = [
        ...(level === 0 ? [...whereInWords(stack.frames, position), ...howFound(kernel, stack.frames, position)] : []),
        ...(level === named.length - 1 ? howItWentOn(stack, position) : []),
      ];
      frames.push({
        index: frames.length,
        ip: frame.ip,
        ...definedSp(frame),
        ...functionOf(inlined, name, place),
        ...(source ? { file: source.file, line: source.line } : {}),
        found: frame.found,
        ...(options.variables ? variableLists(kernel, stack, frame, level) : {}),
        ...(options.registers && level === named.length - 1 ? savedRegisters(stack.frames, position) : {}),
        ...(remarks.length > 0 ? { note: remarks.join('; ') } : {}),
      });
    }
  }
  return { frames, ...(stack.end === undefined ? {} : { end: endInWords(stack) }) };
}

function definedSp(frame: Frame): { sp?: bigint } {
  const sp = spOf(frame);
  return sp === undefined ? {} : { sp };
}

function functionOf(
  inlined: boolean,
  name: string | undefined,
  place: { function: string; offset: number; module?: string } | undefined,
) {
  if (inlined) return { inlined: true as const, ...defined({ function: name }) };
  if (place === undefined) return name === undefined ? {} : { function: name };
  return {
    function: place.function,
    offset: place.offset,
    ...defined({ module: place.module }),
  };
}

/** What has no tables still stands behind its call. */
function howFound(kernel: Kernel, frames: readonly Frame[], position: number): string[] {
  const [below, frame] = [frames[position - 1], frames[position]!];
  if (frame.found !== 'call' || below === undefined) return [];
  const callee = codePlace(kernel, codeAddressOf(below));
  return callee ? [`found by its call of ${callee.function}`] : [];
}

/** The stack that a frame stands on, where it is another one than that of the frame before. */
function whereInWords(frames: readonly Frame[], position: number): string[] {
  const frame = frames[position]!;
  if (frame.user) return ['user mode'];
  const { area } = frame;
  if (area === undefined || area === frames[position - 1]?.area) return [];
  return position === 0 && area.kind === 'task' ? [] : [`on the ${area.name}`];
}

/** What the frame was entered from, or that nobody knows what called it. */
function howItWentOn(stack: TaskStack, position: number): string[] {
  const remarks: string[] = [];
  const entry = stack.frames[position + 1]?.entry;
  if (entry) remarks.push(entry.user ? 'came from user mode' : 'interrupted the kernel');
  const trampolines = stack.frames[position + 1]?.trampolines;
  if (trampolines) remarks.push(`returns through ${trampolines.join(' and ')}`);
  if (position === stack.brokenAfter) remarks.push('its caller was not found');
  return remarks;
}

function endInWords({ end, frames }: TaskStack): string {
  return frames.some(({ found }) => found === 'scanned')
    ? `${end}; frames marked ? were found by scanning the stack and are not sure`
    : end!;
}

/** An entry's own frame shows what it saved: the registers of the frame that it came from. */
function savedRegisters(frames: readonly Frame[], position: number): { registers?: Readonly<Record<string, bigint>> } {
  const saved = frames[position + 1]?.entry?.registers;
  return saved === undefined
    ? {}
    : {
        registers: Object.fromEntries(
          Object.entries(saved).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
        ),
      };
}

function variableLists(
  kernel: Kernel,
  stack: TaskStack,
  frame: Frame,
  level: number,
): Pick<StackFrame, 'arguments' | 'locals'> {
  const variables = variablesIn(kernel, stack, frame, level);
  const shown = (parameter: boolean) =>
    variables
      .filter((variable) => variable.parameter === parameter)
      .map((variable) => ({ name: variable.name, value: variableText(kernel, variable) }));
  const [args, locals] = [shown(true), shown(false)];
  return { ...(args.length > 0 ? { arguments: args } : {}), ...(locals.length > 0 ? { locals } : {}) };
}

/** Two stacks are the same where each frame is at the same place in the code; what user space did does not count. */
export function stackKey(stack: TaskStack): string {
  return [
    ...stack.frames.map(({ ip, found, user }) => (user ? 'user' : `${ip} ${found}`)),
    ...(stack.end === undefined ? [] : [stack.end]),
  ].join('\n');
}
