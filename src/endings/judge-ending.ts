import type { InterruptionKind } from '../arch/stack/stack-architecture.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';
import { doorTo } from '../kernel/door-to.js';
import type { Kernel } from '../kernel/kernel.js';
import { registersOf } from '../linux/machine/cpu-registers.js';
import { kernelRecords } from '../linux/printk/kernel-records.js';
import type { LogRecord } from '../linux/printk/log-entry.js';
import { activationInWords, type Activation } from '../locks/contexts.js';
import { judgedByWhatWasRead } from '../locks/findings/judged-by-what-was-read.js';
import { labelOf, placeTold } from '../locks/findings/waits-in-words.js';
import { systemCallOf } from '../locks/waits/system-call.js';
import { isUnmapped } from '../memory/address-space.js';
import { conclude, findingKind, type Claim, type Finding, type FindingKind } from '../words/finding.js';
import { word } from '../words/known-facts.js';
import { logStamp } from '../words/log-stamp.js';
import type { Subject } from '../words/subject.js';
import { told, toldJoined, type Told } from '../words/told.js';
import { endingOf, type Ending, type Policy } from './ending.js';
import { exceptionTold } from './exception-in-words.js';
import type { Premise } from '../words/certainty.js';
import { taintInWords } from './taint-in-words.js';

const exceptionKind = findingKind({
  id: 'ending.exception',
  meaning: 'The kernel died of an exception: what its code did, where, for whom, and what the pointer was.',
  when: "the CPU that panicked has the handler of an exception on its stack, or stopped at an instruction that can't but fail",
  moment: 'dump',
  step: 'certain',
});

const bugKind = findingKind({
  id: 'ending.bug',
  meaning: 'The kernel stopped itself at a BUG(), or at a WARN() that panic_on_warn or warn_limit made a panic of.',
  when: 'the CPU that panicked has the handler on its stack, over the instruction that BUG() and WARN() are made of',
  moment: 'dump',
  step: 'certain',
});

const checkKind = findingKind({
  id: 'ending.check',
  meaning: 'A function found its stack overwritten as it returned, by the canary of the stack protector.',
  when: '__stack_chk_fail() called panic()',
  moment: 'dump',
  step: 'certain',
});

const machineCheckKind = findingKind({
  id: 'ending.machine-check',
  meaning: 'The processor reported an error of the hardware that the kernel could not go on after.',
  when: 'the handler of machine checks called panic()',
  moment: 'dump',
  step: 'certain',
});

const initKind = findingKind({
  id: 'ending.init-killed',
  meaning: 'The kernel panicked because init ended.',
  when: 'do_exit() called panic() for the init of the machine',
  moment: 'dump',
  step: 'certain',
});

const rootKind = findingKind({
  id: 'ending.no-root',
  meaning: 'The kernel panicked because it could not mount its root file system.',
  when: 'the functions that mount the root called panic()',
  moment: 'dump',
  step: 'certain',
});

const panicKind = findingKind({
  id: 'ending.panic',
  meaning: 'Code of the kernel called panic() itself.',
  when: 'no exception, watchdog or setting stands between panic() and its caller',
  moment: 'dump',
  step: 'certain',
});

const policyKind = findingKind({
  id: 'ending.policy',
  meaning: 'A setting of the kernel made a panic of what its watchdog saw, or of an NMI.',
  when: 'the watchdog or the handler of NMIs called panic()',
  moment: 'dump',
  step: 'certain',
});

const byHandKind = findingKind({
  id: 'ending.by-hand',
  meaning: 'Somebody asked for the crash (sysrq-c).',
  when: 'sysrq_handle_crash() called panic(), or failed as it is meant to',
  moment: 'dump',
  step: 'certain',
});

/** Every kind of finding on how the kernel ended. */
export const endingFindingKinds: readonly FindingKind[] = [
  exceptionKind,
  bugKind,
  checkKind,
  machineCheckKind,
  initKind,
  rootKind,
  panicKind,
  policyKind,
  byHandKind,
];

/** How the kernel ended, in at most one finding; of an end by panic_on_oom the OOM report tells. */
export function endingFindings(kernel: Kernel): readonly Finding[] {
  return kernel.once('ending findings', () =>
    judgedByWhatWasRead(kernel, () => {
      const ending = endingOf(kernel);
      const finding = ending && judge(kernel, ending);
      return finding === undefined ? [] : [finding];
    }),
  );
}

function judge(kernel: Kernel, ending: Ending): Finding | undefined {
  switch (ending.kind) {
    case 'exception':
      return conclude(exceptionKind, claim(kernel, ending, exceptionTold(kernel, ending)));
    case 'bug':
    case 'warning':
      return conclude(bugKind, claim(kernel, ending, trapTold(kernel, ending)));
    case 'stack protector':
      return conclude(
        checkKind,
        claim(kernel, ending, told`${placeOf(kernel, ending)} found its stack overwritten as it returned`),
      );
    case 'machine check':
      return conclude(
        machineCheckKind,
        claim(kernel, ending, told`The processor reported a machine check that the kernel could not go on after`),
      );
    case 'init killed':
      return conclude(initKind, claim(kernel, ending, told`init ended, and the kernel can’t go on without it`));
    case 'no root':
      return conclude(rootKind, claim(kernel, ending, told`The kernel could not mount its root file system`));
    case 'panic':
      return conclude(panicKind, claim(kernel, ending, told`${placeOf(kernel, ending)} called panic()`));
    case 'by hand':
      return conclude(byHandKind, claim(kernel, ending, told`The crash was asked for by hand (sysrq-c)`));
    case 'policy':
      return conclude(policyKind, claim(kernel, ending, policyTold(ending.policy)));
    case 'out of memory':
      return undefined;
  }
}

/** What all of them have: who was at it, how it came there, what made a panic of it, and what the log says. */
function claim(kernel: Kernel, ending: Ending, what: Told): Claim {
  const { kind, context, policy, panic } = ending;
  const message = panic.message === undefined ? '' : told` “${word('panic', panic.message, 'the log')}”`;
  const made = policy === 'panic_on_oops' ? told`. panic_on_oops made the panic${message} of it` : '';
  const said = policy === 'panic_on_oops' || message === '' ? '' : told`: panic${message}`;
  // khungtaskd is not who hangs.
  const who = policy === 'hung_task_panic' ? '' : told`, on ${labelOf(kernel, context)}${during(kernel, ending)}`;
  const hasPath = kind !== 'by hand' && policy !== 'hung_task_panic';
  return {
    subject: subjectOf(ending),
    sentence: told`${what}${who}${made}${said}.`,
    evidence: [...(hasPath ? path(ending) : []), ...lastFault(kernel, ending), ...inTheLog(kernel, ending)],
    restsOn: presumed(kernel, ending),
    ...(context.task ? { doors: [doorTo(context.task)] } : {}),
  };
}

/** The address is the instruction's own; that it can't be used is seen where no page table maps it. */
function presumed(kernel: Kernel, { exception, culprit }: Ending): Premise[] {
  // Of a call to what is no code the caller is told.
  const first = culprit.activations[exception?.faulted.noCode === true ? 1 : 0];
  if (first?.frame.found === 'scanned')
    return [{ what: `${activationInWords(first)} was found on the stack by scanning`, certainty: 'likely' }];
  const address = exception?.faulted.access?.address;
  if (exception?.kind !== 'page fault' || address === undefined || isUnmapped(kernel.memory, address)) return [];
  return [{ what: 'the page of that address is mapped in the dump, or it is not known whether', certainty: 'likely' }];
}

/** "in write(fd 1: /dev/acme)" */
function during(kernel: Kernel, { context, culprit }: Ending): string | Told {
  const call = kernel.peek('system call', () => systemCallOf(kernel, context));
  const inIt = call !== undefined && culprit.segment === context.segments.length - 1;
  return inIt ? told`, in ${word('system call', call, 'the registers that its entry saved')}` : '';
}

function subjectOf({ kind, culprit: { activations } }: Ending): Subject {
  const [first] = activations;
  if (kind === 'by hand' || kind === 'machine check' || kind === 'init killed' || kind === 'no root')
    return { kind: 'machine' };
  const own = kind === 'bug' || kind === 'warning' || kind === 'exception' ? notACheck(activations) : first;
  if (own === undefined || own.name === '') return { kind: 'machine' };
  return { kind: 'function', name: own.place?.module === undefined ? own.name : `${own.name} [${own.place.module}]` };
}

/** Functions that check what their caller gave them: the problem is the caller's. */
const CHECKS =
  /^(?:__list_(?:add|del_entry)_valid\w*|refcount_warn_saturate|usercopy_abort|fortify_panic|__check_\w+|kfree|__slab_free|slab_bug|debug_spin_\w+)$/;

function notACheck(activations: readonly Activation[]): Activation | undefined {
  return activations.find(({ name }) => !CHECKS.test(name)) ?? activations[0];
}

function placeOf(kernel: Kernel, { culprit: { activations } }: Ending): string | Told {
  const [first] = activations;
  if (first === undefined) return 'Code of user space, or that is not known,';
  return told`${placeTold(first, 'in')}${taintInWords(kernel, first)}`;
}

function trapTold(kernel: Kernel, { kind, exception, culprit: { activations } }: Ending): Told {
  const [first] = activations;
  const bug = exception?.faulted.bug;
  const what = kind === 'warning' || bug?.isWarning === true ? 'a WARN()' : 'a BUG()';
  const source =
    bug?.file === undefined
      ? ''
      : told` at ${word('source', bug.line === undefined ? bug.file : `${bug.file}:${bug.line}`, '__bug_table')}`;
  const made = kind === 'warning' ? ', and panic_on_warn or warn_limit made a panic of it' : '';
  const where =
    first === undefined ? 'Code that is not known' : told`${placeTold(first, 'in')}${taintInWords(kernel, first)}`;
  return told`${where} ran into ${what}${source}${made}`;
}

const policies: Readonly<Record<Policy, string>> = {
  panic_on_oops: 'an oops',
  'panic_on_warn or warn_limit': 'a warning',
  softlockup_panic: 'a soft lockup',
  hardlockup_panic: 'a hard lockup',
  hung_task_panic: 'a task that hangs',
  panic_on_rcu_stall: 'a stall of RCU',
  'unknown_nmi_panic or panic_on_unrecovered_nmi': 'an NMI that nobody knew',
  panic_on_unrecovered_nmi: 'an NMI that told of an error of the hardware',
  panic_on_io_nmi: 'an NMI that told of an error of the hardware',
};

function policyTold(policy: Policy | undefined): Told {
  if (policy === undefined) return told`The kernel was set to panic`;
  return told`The kernel was set to panic at ${policies[policy]} (${policy}), and met one`;
}

/** Functions that are named, innermost first. */
const NAMED = 8;

function path({ culprit: { activations } }: Ending): Told[] {
  if (activations.length === 0) return [];
  const named = activations.slice(0, NAMED).map((one, i) => placeTold(one, i === 0 ? 'in' : `in ${i + 1}`));
  const more = activations.length > NAMED ? ' ← …' : '';
  const scanned = activations.slice(0, NAMED).some(({ frame }) => frame.found === 'scanned');
  return [told`Its stack: ${toldJoined(named, ' ← ')}${more}${scanned ? ' (in part found by scanning)' : ''}.`];
}

/** The processor's own word for the address, where a hypervisor kept it. */
function lastFault(kernel: Kernel, { exception, context }: Ending): Told[] {
  const address = exception?.faulted.access?.address;
  const control = context.cpu === undefined ? undefined : registersOf(kernel, context.cpu)?.control;
  const last = control && stacksOf(kernel).lastFault(control);
  if (exception?.kind !== 'page fault' || last === undefined || last.address !== address) return [];
  return [told`${last.register} of the CPU has the same address.`];
}

/** How the kernel's own line on an exception begins, where it has no place or address to be known by. */
const lines: Partial<Record<InterruptionKind, RegExp>> = {
  'general protection fault': /general protection fault/,
  'invalid opcode': /invalid opcode/,
  'divide error': /divide error/,
};

/** Whether a line of the log is the kernel's own on this very end: an older oops or warning is none. */
function isOnThis({ exception }: Ending, text: string): boolean {
  if (exception === undefined) return false;
  const { bug, access } = exception.faulted;
  if (bug?.file !== undefined)
    return /^(?:kernel BUG at|WARNING: )/.test(text) && text.includes(`${bug.file}:${bug.line}`);
  if (exception.kind !== 'page fault') return lines[exception.kind]?.test(text) === true;
  return (
    text.startsWith('BUG: ') &&
    access?.address !== undefined &&
    text.endsWith(access.address.toString(16).padStart(16, '0'))
  );
}

/** The last such line before the panic. */
function inTheLog(kernel: Kernel, ending: Ending): Told[] {
  const { timeNs: end } = ending.panic;
  let found: LogRecord | undefined;
  for (const record of kernelRecords(kernel)) {
    if (end !== undefined && record.timeNs !== undefined && record.timeNs > end) break;
    if (isOnThis(ending, record.text)) found = record;
  }
  if (found === undefined) return [];
  const stamp = found.timeNs === undefined ? '' : `[${logStamp(found.timeNs)}] `;
  return [told`The kernel reported it: ${stamp}${word('line', found.text, 'the log')}`];
}
