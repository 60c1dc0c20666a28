import { architectures } from '../arch/architectures.js';
import { accessTold, exhaustedTold, wildCallTold } from '../faults/access-in-words.js';
import { badPointerInWords, isCanonical, type AddressSpaces } from '../faults/bad-pointer.js';
import { taintsInWords } from '../faults/taints-in-words.js';
import { defined } from '../words/defined.js';
import { conclude, findingKind, type Finding } from '../words/finding.js';
import { address, duration, number, word } from '../words/known-facts.js';
import type { Subject } from '../words/subject.js';
import { told, toldJoined, type KnownFact, type Told } from '../words/told.js';
import type { OopsText, TextPlace } from './oops-text.js';

const kind = findingKind({
  id: 'log.oops',
  meaning: 'A log tells of an oops, a BUG() or a WARN() that ended in a panic: what the code did, where, and for whom.',
  when: 'the log has the report; of several the first',
  moment: 'log',
  step: 'certain',
});

/** Every kind of finding on the oopses in a log. */
export const oopsTextFindingKinds = [kind];

/**
 * The first oops of a log: those that come after it are seldom more than what it left behind.
 * @param count of all of them
 * @param lines of the log
 */
export function oopsTextFindings(oopses: readonly OopsText[], count: number, lines: number): Finding[] {
  const first = oopses.find(isOfAnEnd);
  if (first === undefined) return [];
  const { panic } = first;
  const made = panic === undefined ? '' : told`: panic “${word('panic', panic, 'the log')}”`;
  const more = told`It is the first of ${number('reports', count, 'oopses and warnings in the log')} such reports in the log.`;
  return [
    conclude(
      kind,
      {
        subject: subjectOf(first),
        restsOn:
          first.place === undefined && first.trace.length === 0 && first.scanned !== undefined
            ? [{ what: 'the kernel found the caller on the stack by scanning', certainty: 'likely' }]
            : [],
        sentence: told`${whatTold(first)}${whoTold(first)}${made}.`,
        evidence: [
          ...(pathOf(first).length === 0 ? [] : [told`Its stack: ${traceTold(pathOf(first))}.`]),
          ...(first.reason === undefined ? [] : [told`It said: ${word('reason', first.reason, 'the log')}`]),
          told`The kernel reported it: ${first.time === undefined ? '' : `[${first.time}] `}${word('line', first.first, 'the log')}`,
          ...(count > 1 ? [more] : []),
        ],
      },
      caseOf(first, lines),
    ),
  ];
}

/** A machine that has printed so many more lived on. */
const linesToEnd = 100;

type Case = 'a panic followed' | 'no panic is told' | 'the machine lived on' | 'by hand';

function caseOf({ panic, last }: OopsText, lines: number): Case {
  if (panic === undefined) return lines - last > linesToEnd ? 'the machine lived on' : 'no panic is told';
  return /^sysrq triggered|^SysRq/i.test(panic) ? 'by hand' : 'a panic followed';
}

/** A warning is one where it was made a panic of; of a panic for want of memory the report of it tells. */
function isOfAnEnd({ fault, panic = '' }: OopsText): boolean {
  if (fault === 'warning') return /panic_on_warn|warn_limit/.test(panic);
  if (fault === 'soft lockup') return panic.startsWith('softlockup');
  return fault !== 'panic' || !/^(?:Out of memory|System is deadlocked on memory)/.test(panic);
}

/** A text maps nothing, and has addresses of the architecture that its registers are of. */
const spaces: AddressSpaces = { ...architectures[0].memory, isUnmapped: () => false };

function whatTold(oops: OopsText): Told {
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
    return wildCallTold(spaces, ip, caller && told`${placeWord(caller, 'caller')}${taintOf(oops, caller)}`);
  }
  const access = accessOf(oops);
  const isOther = fault === 'general protection fault' && access?.address !== undefined && isCanonical(access.address);
  if (access !== undefined && !isOther) return told`${where} ${accessTold(spaces, access)}`;
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

/** What the instruction did; undefined where that is not the address that the kernel's own line has. */
function accessOf({ code, registers, address: reported }: OopsText): ReturnType<typeof decode> {
  const access = code === undefined ? undefined : decode(code, registers);
  if (access?.address === undefined || reported === undefined) return access;
  // A kernel of 32 bits prints the half of it.
  return BigInt.asUintN(64, access.address) === reported ? access : undefined;
}

function decode(code: Uint8Array, registers: OopsText['registers']) {
  if (registers['ax'] === undefined) return undefined;
  return architectures[0].code.memoryAccess(code, { ip: 0n, sp: 0n, ...registers });
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
function whoTold({ cpu, comm, pid }: OopsText): Told | string {
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

function placeWord({ function: name, offset, module }: TextPlace, role: string): KnownFact {
  const at = offset === undefined ? '' : `+0x${offset.toString(16)}`;
  return word(role, `${name}${at}${module === undefined ? '' : ` [${module}]`}`, 'the log');
}

function taintOf({ taints }: OopsText, { module }: TextPlace): string {
  return module === undefined ? '' : taintsInWords((taints[module] ?? '').split(''));
}

/** Functions that check what their caller gave them: the problem is the caller's. */
const CHECKS =
  /^(?:__list_(?:add|del_entry)_valid\w*|refcount_warn_saturate|usercopy_abort|fortify_panic|kfree|__slab_free)$/;

function subjectOf({ place, trace, scanned, fault }: OopsText): Subject {
  const path = [place, ...trace, scanned].filter((one) => one !== undefined);
  const own = path.find(
    (one) => !CHECKS.test(one.function) && !PANICKING.test(one.function) && !KERNELS_OWN.test(one.function),
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

/** Less what runs because the kernel panics. */
function pathOf({ trace, fault }: OopsText): readonly TextPlace[] {
  return fault === 'panic'
    ? trace.slice(trace.findLastIndex((one, i) => i < 8 && PANICKING.test(one.function)) + 1)
    : trace;
}

function traceTold(trace: readonly TextPlace[]): Told {
  const named = trace.slice(0, NAMED).map((one, i) => placeWord(one, `stack ${i + 1}`));
  return told`${toldJoined(named, ' ← ')}${trace.length > NAMED ? ' ← …' : ''}`;
}
