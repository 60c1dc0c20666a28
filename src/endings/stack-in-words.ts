import type { SavedRegisters } from '../arch/stack/frame.js';
import { inArea, type StackArea } from '../arch/stack/stack-area.js';
import { exhaustedTold } from '../faults/access-in-words.js';
import type { Kernel } from '../kernel/kernel.js';
import { placeTold } from '../locks/findings/waits-in-words.js';
import { taskStack } from '../stack/areas.js';
import { address, bytes } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';
import { taintInWords } from './taint-in-words.js';

/** As far below a stack as a frame may reach that is still the stack's. */
const NEAR = 65_536n;

/** The stack ran into its guard page, or is none any more; undefined where nothing is amiss with it. */
export function stackTold(kernel: Kernel, ending: Ending, saved: SavedRegisters | undefined): Told | undefined {
  const { machinery, activations, by } = ending.culprit;
  const isOverflow = machinery.some(({ name }) => name === 'handle_stack_overflow');
  const isBad = ending.exception?.kind === 'double fault' && (by?.badStack.length ?? 0) > 0;
  if (!isOverflow && !isBad) return undefined;
  const [first] = activations;
  const where = first && told`${placeTold(first, 'in')}${taintInWords(kernel, first)}`;
  const [own, sp] = [ownStack(kernel, ending), saved?.registers.sp];
  const isBelow = own !== undefined && sp !== undefined && sp < own.low && sp >= own.low - NEAR;
  const source = 'the stack pointer that the exception saved';
  if (!isOverflow && !isBelow && own !== undefined && sp !== undefined && !inArea(own, sp, 0))
    return told`${where ?? 'Code that is not known'} had no stack: its stack pointer was ${address('stack pointer', sp, source)}, in no stack`;
  const names = activations.map(({ name }) => name);
  const beyond = isBelow ? bytes('below its start', own.low - sp, `${source}, and task_struct.stack`) : undefined;
  return exhaustedTold(names, where, beyond);
}

function ownStack(kernel: Kernel, { context: { task } }: Ending): StackArea | undefined {
  return task && kernel.attempt('task_struct.stack', () => taskStack(kernel, task));
}
