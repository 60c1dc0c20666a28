import { architectures } from '../arch/architectures.js';
import type { MemoryAccess } from '../arch/architecture.js';
import { accessTold, exhaustedTold, wildCallTold } from '../faults/access-in-words.js';
import { badPointerInWords, isCanonical, type AddressSpaces } from '../faults/bad-pointer.js';
import { isCheck } from '../faults/checks.js';
import { taintsInWords } from '../faults/taints-in-words.js';
import { placeInWords, type Place } from '../timeline/event.js';
import { defined } from '../words/defined.js';
import { address, duration, number, word } from '../words/known-facts.js';
import type { Subject } from '../words/subject.js';
import { told, toldJoined, type KnownFact, type Told } from '../words/told.js';
import type { OopsText } from './oops-text.js';

/** A text maps nothing, and has addresses of the architecture that its registers are of. */
const spaces: AddressSpaces = { ...architectures[0].memory, isUnmapped: () => false };

/** What the code did: "acme_depth+0x5 [acme] read 4 bytes at address 0x28 (0x28(%rdi)) through rdi, …". */
export function whatTold(oops: OopsText): Told {
  const { fault, place, source, trace } = oops;
  const where = placeTold(oops);
  switch (fault) {
    case 'bug':
    case 'warning': {
      const at = source === undefined ? '' : told` at ${word('source', source, 'the log')}`;
      const made = fault === 'warning' ? ', and panic_on_warn or warn_limit made a panic of it' : '';
      return told`${where} ran into a ${fault === 'bug' ? 'BUG()' : 'WARN()'}${at}${made}`;
    }
    case 'stack guard page':
      return exhaustedTold(
        [...(place === undefined ? [] : [place]), ...trace].map((one) => one.function),
        place && placeWord(place, 'in'),
      );
    case 'soft lockup':
      return keptTold(oops, where);
    case 'panic':
      return panickedTold(oops);
    case 'divide error':
      return told`${where} divided by zero, or the quotient was too large`;
    case 'invalid opcode':
      return told`${where} met an invalid opcode`;
    default:
      return accessed(oops, where);
  }
}

function accessed(oops: OopsText, where: Told | string): Told {
  const { place, ip, trace, fault, first } = oops;
  if (place === undefined && ip !== undefined) {
    const caller = trace[0] ?? oops.scanned;
    return wildCallTold(spaces, ip, caller && { caller: told`${placeWord(caller, 'caller')}${taintOf(oops, caller)}` });
  }
  const access = accessOf(oops);
  if (access !== undefined) return told`${where} ${accessTold(spaces, access)}`;
  if (oops.address !== undefined) {
    const says = badPointerInWords(spaces, oops.address);
    const is = says === undefined ? '' : told`, ${word('address is', says, 'its value')}`;
    const at = told`${address('address', oops.address, 'the log')}${is}`;
    if (fault === 'page fault') return told`${where} ${oops.access ?? 'met a page fault at'} address ${at}`;
    if (fault === 'general protection fault') return told`${where} met a ${fault}, probably for address ${at}`;
  }
  if (fault !== 'other') return told`${where} met a ${fault}`;
  return told`${where} died: ${word('first line', first, 'the log')}`;
}

/**
 * What the instruction did, where its address is the one that the kernel's own line has; of a general protection fault
 * that has none, one that the processor refuses.
 */
function accessOf({ code, registers, address: reported, fault }: OopsText): MemoryAccess | undefined {
  if (code === undefined || (fault !== 'page fault' && fault !== 'general protection fault')) return undefined;
  const access = architectures[0].code.memoryAccess(code, registers);
  if (access?.address === undefined) return undefined;
  if (reported !== undefined) return access.address === reported ? access : undefined;
  return fault === 'general protection fault' && !isCanonical(access.address) ? access : undefined;
}

/** "acme_hog+0x7 [acme] kept CPU 0 (init (103)) for 13 s": who is told with it. */
function keptTold({ seconds }: OopsText, where: Told | string): Told {
  const long = seconds === undefined ? '' : told` for ${duration('kept', seconds * 1e9, 'the log')}`;
  return told`${where} kept its CPU${long}`;
}

/** What runs because the kernel panics, in the trace that it prints of itself. */
const PANICKING = /^(?:dump_stack\w*|show_stack|v?panic|nmi_panic|__stack_chk_fail|panic_on_\w+)$/;
/** Of these the message tells, and not the place. */
const KERNELS_OWN =
  /^(?:watchdog\w*|check_hung_\w+|do_exit|sysrq_handle_crash|mount_\w+|prepare_namespace|mce_panic|.*_stall)$/;

function panickedTold({ trace }: OopsText): Told {
  const at = trace.findLastIndex((one, i) => i < 8 && PANICKING.test(one.function));
  const caller = trace[at + 1];
  return caller === undefined || KERNELS_OWN.test(caller.function)
    ? told`The kernel panicked`
    : told`${placeWord(caller, 'in')} called panic()`;
}

/** " on CPU 1 (init (1))" */
export function whoTold({ cpu, comm, pid }: OopsText): Told | string {
  const task =
    comm === undefined
      ? undefined
      : told`${word('task.comm', comm, 'the log')}${pid === undefined ? '' : told` (${number('task.pid', pid, 'the log', 'pid')})`}`;
  if (cpu === undefined) return task === undefined ? '' : told`, in ${task}`;
  return told`, on CPU ${number('cpu', cpu, 'the log', 'cpu')}${task === undefined ? '' : told` (${task})`}`;
}

function placeTold(oops: OopsText): Told | string {
  const { place } = oops;
  return place === undefined ? 'Code that is not known' : told`${placeWord(place, 'in')}${taintOf(oops, place)}`;
}

function placeWord(place: Place, role: string): KnownFact {
  return word(role, placeInWords(place), 'the log');
}

function taintOf({ taints }: OopsText, { module }: Place): string {
  return module === undefined ? '' : taintsInWords((taints[module] ?? '').split(''));
}

/** The function whose doing it was. */
export function subjectOf({ place, trace, scanned, fault }: OopsText): Subject {
  const path = [place, ...trace, scanned].filter((one) => one !== undefined);
  const own = path.find(
    (one) => !isCheck(one.function) && !PANICKING.test(one.function) && !KERNELS_OWN.test(one.function),
  );
  const [called] = path.filter((one) => !PANICKING.test(one.function));
  if (own === undefined || (fault === 'panic' && called !== own)) return { kind: 'machine' };
  return {
    kind: 'function',
    ...defined({ name: own.module === undefined ? own.function : `${own.function} [${own.module}]` }),
  };
}

/** Functions that are named, innermost first. */
const NAMED = 8;

/** Its stack, less what runs because the kernel panics; undefined where the text has none. */
export function stackTold({ trace, fault }: OopsText): Told | undefined {
  const panicking = trace.findLastIndex((one, i) => i < 8 && PANICKING.test(one.function));
  const own = fault === 'panic' ? trace.slice(panicking + 1) : trace;
  if (own.length === 0) return undefined;
  const named = own.slice(0, NAMED).map((one, i) => placeWord(one, `stack ${i + 1}`));
  return told`Its stack: ${toldJoined(named, ' ← ')}${own.length > NAMED ? ' ← …' : ''}.`;
}
