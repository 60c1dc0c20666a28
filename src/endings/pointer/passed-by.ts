import type { Kernel } from '../../kernel/kernel.js';
import type { Activation } from '../../locks/contexts.js';
import { word } from '../../words/known-facts.js';
import type { KnownFact } from '../../words/told.js';
import { callBehind, functionAt, originAt } from './function-code.js';
import { originInC } from './origin-in-c.js';
import { addedInC } from './expression.js';
import { calledByName } from './called-pointer.js';

/** Where a caller took an argument from: "acme_device", "&file->f_path". */
export interface Passed {
  readonly by: Activation;
  readonly as: KnownFact;
}

/** Callers who hand on what they were given themselves. */
const MOST_CALLERS = 8;

/**
 * The first caller that had a function's argument not from its own caller, and what it was there; undefined where it
 * can't be followed so far.
 * @param activations of one run of calls, innermost first
 */
export function passedBy(kernel: Kernel, activations: readonly Activation[], argument: number): Passed | undefined {
  const frames = activations.filter(({ frame }, i) => i === 0 || frame !== activations[i - 1]!.frame);
  let number = argument;
  for (const [i, by] of frames.slice(1, MOST_CALLERS).entries()) {
    const { ip } = by.frame;
    const called = calledByName(kernel, ip);
    const whole = functionAt(kernel, frames[i]!.frame.ip);
    // A tail call stands between them where the caller calls another.
    if (by.frame.found === 'scanned' || called === undefined || called !== whole?.symbol.address) return undefined;
    const call = callBehind(kernel, ip);
    const register = kernel.arch.code.argumentRegisters[number];
    const found = call && register !== undefined ? originAt(kernel, call.at, register) : undefined;
    if (found === undefined) return undefined;
    const { base, loads, add } = found.origin;
    if (base.is === 'argument' && loads.length === 0 && add === 0) {
      number = base.number;
      continue;
    }
    const value = originInC(kernel, found.origin, found.symbol);
    const as = value && addedInC(value, add);
    return as === undefined ? undefined : { by, as: word('passed', as, value!.source) };
  }
  return undefined;
}
