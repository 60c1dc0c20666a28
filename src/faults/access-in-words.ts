import type { MemoryAccess } from '../arch/architecture.js';
import { address, bytes as bytesOf, count, word } from '../words/known-facts.js';
import { told, toldOf, type KnownFact, type Told } from '../words/told.js';
import { badPointerInWords, type AddressSpaces } from './bad-pointer.js';

const does: Readonly<Record<MemoryAccess['does'], string>> = {
  read: 'read',
  write: 'wrote',
  'read and write': 'changed',
  call: 'called by a pointer at',
  jump: 'jumped by a pointer at',
};

const saved = 'the registers that the exception saved';

/** "read 4 bytes at address 0x28 (0x28(%rdi)) through rdi, which is a NULL pointer" */
export function accessTold(spaces: AddressSpaces, access: MemoryAccess): Told {
  const target = access.address;
  const at =
    target === undefined ? operandTold(access) : address('address', target, `${access.operand}, by its registers`);
  return told`${does[access.does]}${width(access)} ${target === undefined ? '' : 'address '}${at}${why(spaces, access)}`;
}

export function operandTold({ operand }: MemoryAccess): KnownFact {
  return word('operand', operand, 'the instruction');
}

function width({ bytes, does: how }: MemoryAccess): string | Told {
  if (bytes === undefined || how === 'call' || how === 'jump') return '';
  return told` ${bytesOf('width', bytes, 'its instruction')} at`;
}

/** Through which register, and what its value says. */
function why(spaces: AddressSpaces, access: MemoryAccess): string | Told {
  const operand = operandTold(access);
  for (const { register, value } of access.parts) {
    const says = badPointerInWords(spaces, value);
    if (says === undefined) continue;
    const held = value === 0n ? '' : told`${address(register, value, saved)}, `;
    const is = told`${held}${word(`${register} is`, says, 'its value')}`;
    return told` (${operand}) through ${registerTold(register, value)}, which is ${is}`;
  }
  const whole = access.address === undefined ? undefined : badPointerInWords(spaces, access.address);
  const values = access.parts.map(
    ({ register, value }) => told`, where ${registerTold(register, value)} is ${address(register, value, saved)}`,
  );
  const is = whole === undefined ? '' : told`, ${word('address is', whole, 'its value')}`;
  return told`${is} (${operand}${toldOf(values)})`;
}

/** Its name, with what it held. */
function registerTold(register: string, value: bigint): KnownFact {
  return { ...address(register, value, saved), text: register };
}

/**
 * No instruction was run there: its caller went by a bad pointer, or what it had called came back to code that is gone.
 * @param by the caller, where it is known
 * @param isCalled whether it is known that it was a call
 */
export function wildCallTold(spaces: AddressSpaces, ip: bigint, by: Told | undefined, isCalled = true): Told {
  const says = badPointerInWords(spaces, ip);
  const went = by === undefined || !isCalled ? 'The kernel went to' : told`${by} called`;
  const from = by === undefined || isCalled ? '' : told` under ${by}`;
  const to = told`${address('address', ip, 'ip of the registers that the exception saved')}${from}`;
  return told`${went} ${to}, where no code is${says === undefined ? '' : told`: ${word('address is', says, 'its value')}`}`;
}

/** A function that stands on a stack so many times calls itself without end. */
const RECURSION = 4;

/**
 * A stack that ran into its guard page.
 * @param names the functions on it; '' for one that is not known
 * @param beyond how far below its start the last of them came
 */
export function exhaustedTold(names: readonly string[], where: KnownFact | Told | undefined, beyond?: KnownFact): Told {
  const times = new Map<string, number>();
  for (const name of names) if (name !== '') times.set(name, (times.get(name) ?? 0) + 1);
  const [most] = [...times].toSorted(([, a], [, b]) => b - a);
  const often = most === undefined ? undefined : count('times', most[1], 'time', 'frames on the stack');
  const far = beyond === undefined ? '' : told`, whose frame reaches ${beyond} below its start`;
  const again =
    most === undefined || most[1] < RECURSION
      ? far
      : told`: ${word('recursion', most[0], 'the functions on it')} stands on it ${often!}`;
  return told`The stack was exhausted${where === undefined ? '' : told` in ${where}`}${again}`;
}
