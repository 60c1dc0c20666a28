import type { Kernel } from '../kernel/kernel.js';
import { placeTold } from '../locks/findings/waits-in-words.js';
import { address, word } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';
import type { AccessedMember } from './pointer/accessed-member.js';
import { passedBy } from './pointer/passed-by.js';

const BY_TYPES = 'the types';

/** Where a bad pointer came from, what it was gone for through it, and which caller passed it. */
export function memberTold(kernel: Kernel, { exception, culprit: { activations } }: Ending): Told[] {
  const { member: found } = exception?.faulted ?? {};
  if (found === undefined) return [];
  const { argument } = found;
  const passed = argument === undefined ? undefined : passedBy(kernel, activations, argument);
  return [
    ...pointerTold(found),
    ...(passed === undefined
      ? []
      : [told`It was passed by ${placeTold(passed.by, 'passed by')}, where it is ${passed.as}.`]),
  ];
}

/** "rax came from file->f_op; file->f_op->fsync is at 0x88 of struct file_operations." */
function pointerTold({ register, pointer, type, member, source }: AccessedMember): Told[] {
  if (pointer === undefined || source === undefined) return [];
  const from = told`${register} came from ${word('pointer', pointer, source)}`;
  if (member === undefined)
    return [type === undefined ? told`${from}.` : told`${from} (${word('type', type, BY_TYPES)}).`];
  const offset = address('member.offset', BigInt(member.offset), BY_TYPES);
  const struct = word('struct', member.struct, BY_TYPES);
  return [told`${from}; ${word('member', member.text, BY_TYPES)} is at ${offset} of ${struct}.`];
}
