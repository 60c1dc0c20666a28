import type { FrameState } from '../debuginfo/dwarf/frame-state.js';
import type { Variable } from '../debuginfo/dwarf/variables.js';
import type { Kernel } from '../kernel/kernel.js';
import { byDwarf } from './by-dwarf.js';
import { readMemory } from './cfi-step.js';
import type { Frame, UnwoundStack } from '../arch/stack/frame.js';
import { defined } from '../words/defined.js';

export type { Variable };

/**
 * Arguments and locals of a function in a frame, with where their values are; none without DWARF. Values in registers
 * that calls save need a stack that was unwound with `savedRegisters`.
 * @param level the function's place in its frame, as in `NamedFrame`
 */
export function variablesIn(kernel: Kernel, stack: UnwoundStack, frame: Frame, level: number): readonly Variable[] {
  const debugInfo = kernel.debugInfo();
  if (debugInfo === undefined || frame.user) return [];
  const found = byDwarf(kernel, 'variables by DWARF', () =>
    debugInfo.variablesAt(frameState(stack, stack.frames.indexOf(frame)), level, (address, length) =>
      readMemory(kernel, address, length),
    ),
  );
  return found === undefined ? [] : found;
}

/** What was scanned is not known to be called by what stands below it: it lends no values. */
function frameState({ frames, brokenAfter }: UnwoundStack, index: number): FrameState {
  const frame = frames[index]!;
  return {
    pc: frame.ip,
    interrupted: frame.interrupted,
    register: (number) => frame.registers[number],
    caller: () =>
      index + 1 < frames.length && index !== brokenAfter && !frames[index + 1]!.user
        ? frameState({ frames, ...defined({ brokenAfter }) }, index + 1)
        : undefined,
  };
}
