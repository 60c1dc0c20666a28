import type { MemoryAccess } from '../arch/architecture.js';
import { address, bytes as bytesOf, count, word } from '../words/known-facts.js';
import { told, toldOf, type KnownFact, type Told } from '../words/told.js';
import { badPointerInWords, valueInWords, type AddressSpaces } from './bad-pointer.js';

const does: Readonly<Record<MemoryAccess['does'], string>> = {
  read: 'read',
  write: 'wrote',
  'read and write': 'changed',
  call: 'called by a pointer',
  jump: 'jumped by a pointer',
};

const saved = 'the registers that the exception saved';

/**
 * "read q->depth, 4 bytes at address 0x28 (0x28(%rdi)) through rdi, which is a NULL pointer"
 * @param member what stands there in the source, where it is known
 */
export function accessTold(spaces: AddressSpaces, access: MemoryAccess, member?: KnownFact): Told {
  const target = access.address;
  const at =
    target === undefined ? operandTold(access) : address('address', target, `${access.operand}, by its registers`);
  const what = member === undefined ? '' : told` ${member}`;
  const bytes = width(access);
  const near = what === '' || bytes === '' ? '' : ',';
  return told`${does[access.does]}${what}${near}${bytes} at ${target === undefined ? '' : 'address '}${at}${why(spaces, access)}`;
}

export function operandTold({ operand }: MemoryAccess): KnownFact {
  return word('operand', operand, 'the instruction');
}

function width({ bytes, does: how }: MemoryAccess): string | Told {
  if (bytes === undefined || how === 'call' || how === 'jump') return '';
  return told` ${bytesOf('width', bytes, 'its instruction')}`;
}

/** Through which register, and what its value says. */
function why(spaces: AddressSpaces, access: MemoryAccess): string | Told {
  const operand = operandTold(access);
  // container_of() of a poisoned pointer is no address of anything; with the member's offset it is the poison again.
  const isOfWhole = access.address !== undefined && valueInWords(access.address) !== undefined;
  for (const { register, value } of access.parts) {
    const says = isOfWhole ? valueInWords(value) : badPointerInWords(spaces, value);
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
  // An operand without a register is the address itself.
  return access.parts.length === 0 && access.address === BigInt.asUintN(64, BigInt(access.displacement))
    ? is
    : told`${is} (${operand}${toldOf(values)})`;
}

/** Its name, with what it held. */
function registerTold(register: string, value: bigint): KnownFact {
  return { ...address(register, value, saved), text: register };
}

/** How the kernel came to what is no code. */
export interface WildCall {
  readonly caller: Told;
  /** It may have come back to where code is gone. */
  readonly isNoCall?: true;
  /** What it called by name, which then went on by a pointer of its own. */
  readonly called?: string;
  /** The pointer that it called by, or that what it called went on by, in the source. */
  readonly pointer?: KnownFact;
}

/**
 * No instruction was run there: it was come to by a bad pointer, or by a return to where code is gone.
 * @param says what the address says of itself
 * @param by how it was come to, where that is known
 * @param data what stands there instead of code, where a symbol tells
 */
export function wildCallTold(says: string | undefined, ip: bigint, by: WildCall | undefined, data?: KnownFact): Told {
  const under = by?.isNoCall === true ? told` under ${by.caller}` : '';
  const is = data === undefined ? '' : told` (${data})`;
  const to = told`${address('address', ip, 'ip of the registers that the exception saved')}${is}${under}`;
  return told`${wayTold(by)} ${to}, where no code is${says === undefined ? '' : told`: ${word('address is', says, 'its value')}`}`;
}

function wayTold(by: WildCall | undefined): string | Told {
  if (by === undefined || by.isNoCall === true) return 'The kernel went to';
  const { caller, called, pointer } = by;
  if (called !== undefined) {
    const went = told`${word('called', called, 'the call before the return address')}, called by ${caller}, went`;
    return pointer === undefined ? told`${went} to` : told`${went} on by ${pointer}, which is`;
  }
  if (pointer === undefined) return told`${caller} called`;
  return told`${caller} called ${pointer}, which is`;
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
