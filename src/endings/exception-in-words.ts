import type { MemoryAccess } from '../arch/architecture.js';
import type { InterruptionKind } from '../arch/stack/interruption-kind.js';
import type { Kernel } from '../kernel/kernel.js';
import { placeTold } from '../locks/findings/waits-in-words.js';
import { address, bytes as bytesOf, count, word } from '../words/known-facts.js';
import { told, toldOf, type KnownFact, type Told } from '../words/told.js';
import { badPointerInWords, isCanonical } from './bad-address.js';
import type { Ending } from './ending.js';
import { taintInWords } from './taint-in-words.js';

/** What the code did that it could not: "acme_queue_depth+0x5 [acme] read address 0x28: rdi is a NULL pointer, …". */
export function exceptionTold(kernel: Kernel, { exception, culprit }: Ending): Told {
  const { activations } = culprit;
  const [first] = activations;
  const found = exception?.faulted;
  if (found?.noCode === true) return wildCall(kernel, found.saved.registers.ip, activations[1]);
  const where =
    first === undefined ? 'Code that is not known' : told`${placeTold(first, 'in')}${taintInWords(kernel, first)}`;
  const { access } = found ?? {};
  const exhausted = stackExhausted(culprit, exception?.kind);
  if (exhausted !== undefined) return exhausted;
  if (exception === undefined) return told`${where} met an exception`;
  if (exception.kind === 'divide error') return told`${where} divided by zero, or the quotient was too large`;
  if (access === undefined) return told`${where} met ${inWords[exception.kind]}`;
  const target = access.address;
  // Of addresses the processor refuses those that are not canonical; whatever else it protects, the instruction tells.
  if (exception.kind === 'general protection fault' && target !== undefined && isCanonical(target))
    return told`${where} met ${inWords[exception.kind]} (${operandTold(access)})`;
  const at =
    target === undefined ? operandTold(access) : address('address', target, `${access.operand}, by its registers`);
  return told`${where} ${does[access.does]}${width(access)} ${target === undefined ? '' : 'address '}${at}${why(kernel, access)}`;
}

/** A function that stands on a stack so many times calls itself without end. */
const RECURSION = 4;

/** The stack ran into its guard page. */
function stackExhausted(
  { machinery, activations, by }: Ending['culprit'],
  kind: InterruptionKind | undefined,
): Told | undefined {
  const overflow = machinery.some(({ name }) => name === 'handle_stack_overflow');
  if (!overflow && !(kind === 'double fault' && (by?.badStack.length ?? 0) > 0)) return undefined;
  const times = new Map<string, number>();
  for (const { name } of activations) if (name !== '') times.set(name, (times.get(name) ?? 0) + 1);
  const [most] = [...times].toSorted(([, a], [, b]) => b - a);
  const again =
    most === undefined || most[1] < RECURSION
      ? ''
      : told`: ${word('recursion', most[0], 'the functions on it')} stands on it ${count('times', most[1], 'time', 'frames on the stack')}`;
  const where = activations[0] === undefined ? '' : told` in ${placeTold(activations[0], 'in')}`;
  return told`The stack was exhausted${where}${again}`;
}

const inWords: Readonly<Record<InterruptionKind, string>> = {
  'double fault': 'a double fault: the stack could not take the exception that came first',
  NMI: 'an NMI',
  'page fault': 'a page fault',
  'machine check': 'a machine check',
  'general protection fault': 'a general protection fault',
  'invalid opcode': 'an invalid opcode',
  'divide error': 'a divide error',
  interrupt: 'an interrupt',
  exception: 'an exception',
};

const does: Readonly<Record<MemoryAccess['does'], string>> = {
  read: 'read',
  write: 'wrote',
  'read and write': 'changed',
  call: 'called by a pointer at',
  jump: 'jumped by a pointer at',
};

function width({ bytes, does: how }: MemoryAccess): string | Told {
  if (bytes === undefined || how === 'call' || how === 'jump') return '';
  return told` ${bytesOf('width', bytes, 'its instruction')} at`;
}

/** Through which register, and what its value says. */
function why(kernel: Kernel, access: MemoryAccess): string | Told {
  const operand = operandTold(access);
  for (const { register, value } of access.parts) {
    const says = badPointerInWords(kernel, value);
    if (says === undefined) continue;
    const held = value === 0n ? '' : told`${address(register, value, saved)}, `;
    return told` (${operand}) through ${registerTold(register, value)}, which is ${held}${word(`${register} is`, says, 'its value')}`;
  }
  const whole = access.address === undefined ? undefined : badPointerInWords(kernel, access.address);
  const values = access.parts.map(
    ({ register, value }) => told`, where ${registerTold(register, value)} is ${address(register, value, saved)}`,
  );
  const is = whole === undefined ? '' : told`, ${word('address is', whole, 'its value')}`;
  return told`${is} (${operand}${toldOf(values)})`;
}

const saved = 'the registers that the exception saved';

/** Its name, with what it held. */
function registerTold(register: string, value: bigint): KnownFact {
  return { ...address(register, value, saved), text: register };
}

function operandTold({ operand }: MemoryAccess): KnownFact {
  return word('operand', operand, 'the instruction');
}

/** No instruction was run there: its caller went by a bad pointer. */
function wildCall(kernel: Kernel, ip: bigint, caller: Ending['culprit']['activations'][number] | undefined): Told {
  const says = badPointerInWords(kernel, ip);
  const by = caller && told`${placeTold(caller, 'caller')}${taintInWords(kernel, caller)}`;
  const went = by === undefined ? 'The kernel went to' : told`${by} called`;
  const to = address('address', ip, 'ip of the registers that the exception saved');
  return told`${went} ${to}, where no code is${says === undefined ? '' : told`: ${word('address is', says, 'its value')}`}`;
}
