import { architectures } from '../arch/architectures.js';
import type { MemoryAccess } from '../arch/architecture.js';
import { accessTold, exhaustedTold, operandTold, wildCallTold } from '../faults/access-in-words.js';
import { badPointerInWords, isCanonical } from '../faults/bad-pointer.js';
import { isCheck } from '../faults/checks.js';
import { taintsInWords } from '../faults/taints-in-words.js';
import { placeInWords, type Place } from '../timeline/event.js';
import { anyOf } from '../words/any-of.js';
import { address, bytes, number, word } from '../words/known-facts.js';
import type { Subject } from '../words/subject.js';
import { told, type KnownFact, type Told } from '../words/told.js';
import { checkedRange } from './kasan-shadow.js';
import type { OopsText } from './oops-text.js';
import { byHandTold, isByHand, KERNELS_OWN, panicTold, PANICKING } from './panic-in-words.js';
import { addressInWords, spaces } from './pointer-in-words.js';
import { reportTold } from './report-in-words.js';
import { callerOfCheck, REPORTING, stackOf } from './stack.js';
import { taskTold } from './task-in-words.js';
import { withModule } from '../words/code-name.js';

/** What the code did: "acme_depth+0x5 [acme] read 4 bytes at address 0x28 (0x28(%rdi)) through rdi, …". */
export function whatTold(oops: OopsText): Told {
  const { fault, place, source, trace } = oops;
  const where = placeTold(oops);
  if (isByHand(oops)) return byHandTold();
  switch (fault) {
    case 'bug': {
      const at = source === undefined ? '' : told` at ${word('source', source, 'the log')}`;
      return told`${where}${forCaller(oops)} ran into a BUG()${at}`;
    }
    case 'stack guard page':
      return exhaustedTold(
        [...(place === undefined ? [] : [place]), ...trace].map((one) => one.function),
        place && placeWord(place, 'in'),
      );
    case 'panic':
      return panickedTold(oops);
    case 'double fault':
      return told`${where} met a double fault`;
    case 'divide error':
      return told`${where} divided by zero, or the quotient was too large`;
    case 'invalid opcode':
      // ud2, which is what BUG() is of.
      return oops.code?.[0] === 0x0f && oops.code[1] === 0x0b
        ? told`${where} ran into a BUG()`
        : told`${where} met an invalid opcode`;
    case 'breakpoint':
      return breakpointTold(oops, where);
    case 'page fault':
    case 'general protection fault':
    case 'other':
      return accessed(oops, where);
    case 'warning':
      return reportTold(oops, told`${where}${forCaller(oops)}`);
    default:
      return reportTold(oops, where);
  }
}

/** ", for address 0xfa21200c" */
function forAddress({ address: at }: OopsText): Told | string {
  return at === undefined ? '' : told`, for address ${address('address', at, 'the log')}`;
}

/** A check gives up for what its caller gave it. */
function forCaller(oops: OopsText): Told | string {
  const { place, linked } = oops;
  if (place === undefined || !isCheck(place.function)) return '';
  // A link register that is of no function of these is of who called the innermost.
  const isOfCaller = linked !== undefined && linked.function !== place.function && !isCheck(linked.function);
  const caller = isOfCaller ? linked : callerOfCheck(oops);
  return caller === undefined ? '' : told`, called by ${placeWord(caller, 'caller')},`;
}

function accessed(oops: OopsText, where: Told | string): Told {
  const { ip, fault, linked } = oops;
  if (ip !== undefined && isWild(oops)) {
    // Where code begins nothing comes back to.
    const caller = linked?.offset === 0 ? undefined : (linked ?? callerOf(oops)?.place);
    return wildCallTold(
      addressInWords(oops.architecture, ip),
      ip,
      caller && { caller: told`${placeWord(caller, 'caller')}${taintOf(oops, caller)}` },
    );
  }
  const called = calledThrough(oops);
  if (called !== undefined) return called;
  const misaligned = misalignedTold(oops, where);
  if (misaligned !== undefined) return misaligned;
  const access = accessOf(oops);
  const checked = checkedRange(oops.kasan, access);
  if (checked !== undefined) {
    const [start, end] = checked;
    const range = told`${address('address', start, 'KASAN’s shadow')} to ${address('address.end', end, 'KASAN’s shadow')}`;
    return told`${where} was about to use ${range}${saysTold(oops, start)}: KASAN’s check before it failed`;
  }
  if (access !== undefined) return told`${where} ${accessTold(spaces, access)}`;
  if (oops.address !== undefined) {
    const at = told`${address('address', oops.address, 'the log')}${saysTold(oops, oops.address)}`;
    const page = oops.architecture === 's390x' ? 'in the page at ' : '';
    if (fault === 'page fault' && oops.access === 'fetched from' && oops.place !== undefined)
      return told`The kernel could not execute ${where}, at ${at}`;
    if (fault === 'page fault') return told`${where} ${oops.access ?? 'met a page fault at'} ${page}address ${at}`;
    if (fault === 'general protection fault') return told`${where} met a ${fault}, probably for address ${at}`;
  }
  if (fault === 'page fault' && oops.access !== undefined)
    return told`${where} met a page fault as it ${oops.access === 'fetched from' ? 'went on' : oops.access}`;
  return fault === 'other'
    ? told`${where} died: ${word('first line', oops.what, 'the log')}${forAddress(oops)}`
    : told`${where} met a ${fault}`;
}

/** The kernel fills with breakpoints what it frees of code (since 6.13): the registers stand behind the first. */
function breakpointTold(oops: OopsText, where: Told | string): Told {
  const { place, ip, code = new Uint8Array() } = oops;
  const { breakpoint } = architectures[0].code;
  const isFilled = code.length > 1 && code.every((byte, i) => byte === breakpoint[i % breakpoint.length]);
  if (place !== undefined || ip === undefined || !isFilled)
    return told`${where} ran into a breakpoint that nobody claimed`;
  const caller = callerOf(oops)?.place;
  const under = caller === undefined ? '' : told` under ${placeWord(caller, 'caller')}`;
  const to = address('address', ip - BigInt(breakpoint.length), 'RIP, less the breakpoint');
  return told`The kernel went to ${to}${under}, where no code is any more: what it freed of it is full of breakpoints`;
}

/** A general protection fault for an address that is one. */
function misalignedTold({ code, registers, fault }: OopsText, where: Told | string): Told | undefined {
  const access = code && architectures[0].code.memoryAccess(code, registers);
  if (code === undefined || access?.address === undefined || fault !== 'general protection fault') return undefined;
  if (!isCanonical(access.address)) return undefined;
  const by = architectures[0].code.misalignedBy(code, access);
  if (by === undefined) return undefined;
  const at = address('address', access.address, `${access.operand}, by its registers`);
  const needed = bytes('alignment', by, 'its instruction');
  const did = access.does === 'write' ? 'wrote' : 'read';
  return told`${where} ${did} address ${at} (${operandTold(access)}), which its instruction needs aligned to ${needed}`;
}

/** Where the processor goes at an exception. */
const ENTRY = anyOf(/asm_exc_\w+|(?:async_)?page_fault|general_protection/);

/**
 * Who called what is no code: what stands on top of the stack. By frame pointers the kernel does not find that caller,
 * which has left none for the call, and only scanning does.
 */
export function callerOf({ trace, scanned }: OopsText): { place: Place; isSure: boolean } | undefined {
  // Above the exception's entry there is only what reports it, and what earlier calls left.
  const at = scanned.findIndex((one) => ENTRY.test(one.function));
  const [top] = scanned.slice(at + 1).filter((one) => !REPORTING.test(one.function));
  const place = top ?? trace[0];
  return place && { place, isSure: top === undefined };
}

/** Where there is no code; that no symbol names it is no sign of that. */
export function isWild({ place, ip, access, address: reported, fault, architecture }: OopsText): boolean {
  if (place !== undefined || ip === undefined) return false;
  if (access !== undefined && access !== 'fetched from') return false;
  const isHalved = architecture === 'x86_64' || architecture === 'arm64';
  const isOfUsers = isHalved && fault !== 'general protection fault' && ip >> 47n === 0n;
  return access === 'fetched from' || ip === reported || ip < 4096n || isOfUsers;
}

/** A thunk that compilers call in place of a call by a register: the caller is the one that had a bad pointer. */
function calledThrough(oops: OopsText): Told | undefined {
  const { place, registers, trace, fault } = oops;
  const register = /^__x86_indirect_(?:thunk|call|jump)\w*_(r\w{1,2})$/.exec(place?.function ?? '')?.[1];
  const value = register === undefined ? undefined : registers[register.replace(/^r(?=\D)/, '')];
  const [caller] = trace;
  if (value === undefined || caller === undefined || fault !== 'general protection fault' || isCanonical(value))
    return undefined;
  const through = { ...address(register!, value, 'its registers'), text: register! };
  const says = badPointerInWords(spaces, value);
  const is = says === undefined ? '' : told`, ${word(`${register} is`, says, 'its value')}`;
  const by = told`${placeWord(caller, 'in')}${taintOf(oops, caller)}`;
  return told`${by} called through ${through}, which is ${address(register!, value, 'its registers')}${is}`;
}

function saysTold({ architecture }: OopsText, value: bigint): Told | string {
  const says = addressInWords(architecture, value);
  return says === undefined ? '' : told`, ${word('address is', says, 'its value')}`;
}

/**
 * What the instruction did, where its address is the one that the kernel's own line has; of a general protection fault
 * that has none, one that the processor refuses.
 */
function accessOf({ code, registers, address: reported, fault }: OopsText): MemoryAccess | undefined {
  if (code === undefined || (fault !== 'page fault' && fault !== 'general protection fault')) return undefined;
  const access = architectures[0].code.memoryAccess(code, registers);
  if (access?.address === undefined) return undefined;
  if (reported !== undefined) return isReported(access, fault, reported) ? access : undefined;
  return fault === 'general protection fault' && !isCanonical(access.address) ? access : undefined;
}

/** Until 5.13 a kernel takes the displacement of what a general protection fault is about for 0. */
function isReported(access: MemoryAccess, fault: OopsText['fault'], reported: bigint): boolean {
  const { address: own, displacement } = access;
  if (own === reported) return true;
  const isCut = fault === 'general protection fault' && own !== undefined && !isCanonical(own);
  return isCut && BigInt.asUintN(64, own - BigInt(displacement)) === reported;
}

function panickedTold(oops: OopsText): Told {
  const said = panicTold(oops);
  if (said !== undefined) return said;
  const { trace } = oops;
  const at = trace.findLastIndex((one, i) => i < 8 && PANICKING.test(one.function));
  const caller = trace[at + 1];
  return caller === undefined || KERNELS_OWN.test(caller.function)
    ? told`The kernel panicked`
    : told`${placeWord(caller, 'in')} called panic()`;
}

/** " on CPU 1 (init (1))" */
export function whoTold(oops: OopsText): Told | string {
  const { cpu, fault } = oops;
  // It is told of itself.
  if (fault === 'hung task') return '';
  const task = taskTold(oops);
  if (cpu === undefined) return task === undefined ? '' : told`, in ${task}`;
  return told`, on CPU ${number('cpu', cpu, 'the log', 'cpu')}${task === undefined ? '' : told` (${task})`}`;
}

/** "acme_depth+0x5 [acme] (out of tree, unsigned)"; "The kernel" where no line says where it was. */
function placeTold(oops: OopsText): Told | string {
  const { place, ip } = oops;
  if (place === undefined) return ip === undefined ? 'The kernel' : told`Code at ${address('ip', ip, 'the log')}`;
  return told`${placeWord(place, 'in')}${taintOf(oops, place)}`;
}

function placeWord(place: Place, role: string): KnownFact {
  return word(role, placeInWords(place), 'the log');
}

function taintOf({ taints }: OopsText, { module }: Place): string {
  return module === undefined ? '' : taintsInWords((taints[module] ?? '').split(''));
}

/** The function whose doing it was. */
export function subjectOf(oops: OopsText): Subject {
  const { place, trace, scanned, fault } = oops;
  const isFound = fault === 'corruption' || fault === 'debug check';
  const path = [place, ...(isFound ? stackOf(oops) : trace), ...scanned].filter((one) => one !== undefined);
  const own = path.find(
    (one) => !isCheck(one.function) && !PANICKING.test(one.function) && !KERNELS_OWN.test(one.function),
  );
  const [called] = path.filter((one) => !PANICKING.test(one.function));
  const isOfPanic = fault === 'panic' && (called !== own || panicTold(oops) !== undefined);
  if (own === undefined || isOfPanic) return { kind: 'machine' };
  return { kind: 'function', name: withModule(own.function, own.module) };
}
