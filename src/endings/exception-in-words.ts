import type { MemoryAccess } from '../arch/architecture.js';
import type { InterruptionKind } from '../arch/stack/interruption-kind.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Activation } from '../locks/contexts.js';
import { placeTold } from '../locks/findings/waits-in-words.js';
import { codePlace } from '../stack/code.js';
import { moduleObjectAt } from '../stack/module-object.js';
import { withModule, withOffsetInto } from '../words/code-name.js';
import { defined } from '../words/defined.js';
import { address, word } from '../words/known-facts.js';
import { told, type KnownFact, type Told } from '../words/told.js';
import { accessTold, operandTold, wildCallTold, type WildCall } from '../faults/access-in-words.js';
import { badPointerInWords, isCanonical, isOfNoModule } from '../faults/bad-pointer.js';
import type { Faulted } from './exception.js';
import type { AccessedMember } from './pointer/accessed-member.js';
import { calledByName, calledPointer, jumpedPointer } from './pointer/called-pointer.js';
import { spacesOf } from './address-spaces.js';
import type { Ending } from './ending.js';
import { blamedTold } from './blamed.js';
import { stackTold } from './stack-in-words.js';
import { protectionOf } from './protection.js';
import { taintInWords } from './taint-in-words.js';

/** What the code did that it could not: "acme_queue_depth+0x5 [acme] read address 0x28: rdi is a NULL pointer, …". */
export function exceptionTold(kernel: Kernel, ending: Ending): Told {
  const { exception, culprit } = ending;
  const { activations } = culprit;
  const [first] = activations;
  const found = exception?.faulted;
  if (found?.noCode === true) {
    const [, caller] = activations;
    const by = caller && wildCallBy(kernel, found, caller);
    const went = wildCallTold(badPointerInWords(spacesOf(kernel), found.at), found.at, by, dataAt(kernel, found.at));
    return told`${went}${protectedTold(kernel, ending)}`;
  }
  const where =
    first === undefined
      ? 'Code that is not known'
      : told`${placeTold(first, 'in')}${taintInWords(kernel, first)}${blamedTold(kernel, activations)}`;
  const { access } = found ?? {};
  const stack = stackTold(kernel, ending, found?.saved);
  if (stack !== undefined) return stack;
  if (exception === undefined) return told`${where} met an exception`;
  if (exception.kind === 'divide error') return told`${where} divided by zero, or the quotient was too large`;
  if (exception.kind === 'breakpoint')
    return told`${where} ran into a breakpoint that nobody claimed${breakpointTold(found)}`;
  // In the kernel there is no other (MSR_TEST_CTRL).
  if (exception.kind === 'alignment check')
    return told`${where} locked memory across two cache lines${access === undefined ? '' : lockedTold(access)}`;
  if (access === undefined) return told`${where} met ${inWords[exception.kind]}`;
  const target = access.address;
  // Of addresses the processor refuses those that are not canonical; whatever else it protects, the instruction tells.
  if (exception.kind === 'general protection fault' && target !== undefined && isCanonical(target))
    return told`${where} met ${inWords[exception.kind]} (${operandTold(access)})`;
  return told`${where} ${accessTold(spacesOf(kernel), access, memberFact(found?.member))}${protectedTold(kernel, ending)}`;
}

/** " at address 0xffff88800342103c (0x3c(%rdi))" */
function lockedTold(access: MemoryAccess): Told {
  const { address: target } = access;
  if (target === undefined) return told` (${operandTold(access)})`;
  return told` at address ${address('address', target, 'its registers')} (${operandTold(access)})`;
}

/** "acme_ops+0x8 [acme]": the data that stands at an address. */
function dataAt(kernel: Kernel, at: bigint): KnownFact | undefined {
  const object = moduleObjectAt(kernel, at);
  if (object?.isItsOwn !== true) return undefined;
  return word('data', withModule(withOffsetInto(object.name, object.offset), object.module), 'mod->kallsyms');
}

/** The kernel patches code by way of breakpoints, which its own handler knows while they stand. */
function breakpointTold({ breakpoint }: Partial<Faulted> = {}): string {
  if (breakpoint === undefined) return '';
  return breakpoint === 'there'
    ? ': its code has one there'
    : ': its code has none there any more, as where the kernel patched it meanwhile';
}

/** "file->f_op", with how it is known. */
export function memberFact({ member, source }: Partial<AccessedMember> = {}): KnownFact | undefined {
  return member && source !== undefined ? word('member', member.text, source) : undefined;
}

/** ", in a page that is mapped read-only" */
function protectedTold(kernel: Kernel, ending: Ending): string | Told {
  const says = protectionOf(kernel, ending);
  return says === undefined ? '' : told`, in a page that is ${word('page is', says, 'the page tables')}`;
}

function wildCallBy(kernel: Kernel, found: Faulted, activation: Activation): WildCall {
  const caller = told`${placeTold(activation, 'caller')}${taintInWords(kernel, activation)}`;
  if (!isCalled(kernel, found)) return { caller, isNoCall: true };
  const { ip } = activation.frame;
  const target = calledByName(kernel, ip);
  if (target === undefined) return { caller, ...defined({ pointer: calledPointer(kernel, ip) }) };
  // Calls may be patched to go to the padding before a function (call depth tracking), which has no name.
  const place = codePlace(kernel, target);
  if (place?.offset !== 0) return { caller, isNoCall: true };
  return { caller, called: place.function, ...defined({ pointer: jumpedPointer(kernel, target) }) };
}

/** Where a call through a register went, that register still holds; to code that is gone one may also come back. */
function isCalled(kernel: Kernel, { saved: { registers }, at }: Faulted): boolean {
  if (!isOfNoModule(spacesOf(kernel), at)) return true;
  return Object.entries(registers).some(([name, value]) => name !== 'ip' && value === at);
}

const inWords: Readonly<Record<InterruptionKind, string>> = {
  'double fault': 'a double fault: the stack could not take the exception that came first',
  NMI: 'an NMI',
  'page fault': 'a page fault',
  'machine check': 'a machine check',
  'general protection fault': 'a general protection fault',
  'invalid opcode': 'an invalid opcode',
  'divide error': 'a divide error',
  breakpoint: 'a breakpoint',
  'stack segment fault': 'a stack segment fault',
  overflow: 'an overflow',
  bounds: 'a bounds exception',
  'invalid TSS': 'an invalid TSS',
  'segment not present': 'a segment that is not present',
  'alignment check': 'an alignment check',
  'FPU exception': 'an FPU exception',
  'SIMD exception': 'a SIMD exception',
  interrupt: 'an interrupt',
  exception: 'an exception',
};
