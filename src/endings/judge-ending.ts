import { stacksOf } from '../arch/stack/stack-architectures.js';
import { doorTo } from '../kernel/door-to.js';
import type { Kernel } from '../kernel/kernel.js';
import { checkInWords } from '../faults/checks.js';
import { registersOf } from '../linux/machine/cpu-registers.js';
import { toldTask } from '../linux/sched/tasks.js';
import { activationInWords, type Activation } from '../locks/contexts.js';
import { isDying } from '../locks/dying/machinery.js';
import { interruption } from '../locks/findings/interruptions.js';
import { lessSureByGaps } from '../kernel/less-sure-by-gaps.js';
import { cpuTold, labelOf, placeTold } from '../locks/findings/waits-in-words.js';
import { systemCallOf } from '../locks/waits/system-call.js';
import { isUnmapped } from '../memory/address-space.js';
import { conclude, type Claim, type Finding } from '../words/finding.js';
import { word } from '../words/known-facts.js';
import type { Subject } from '../words/subject.js';
import { told, toldJoined, type Told } from '../words/told.js';
import { bugSourceTold } from './bug-in-words.js';
import { blamedFor, blamedTold } from './blamed.js';
import { endingOf, type Ending, type EndingKind } from './ending.js';
import {
  bugKind,
  byHandKind,
  checkKind,
  exceptionKind,
  initKind,
  machineCheckKind,
  memoryKind,
  noInitKind,
  panicKind,
  policyKind,
  rootKind,
} from './ending-kinds.js';
import type { Faulted } from './exception.js';
import { exceptionTold } from './exception-in-words.js';
import type { Premise } from '../words/certainty.js';
import { inTheLog } from './in-the-log.js';
import { memberTold } from './member-in-words.js';
import { loadedTold } from './module-loaded.js';
import { protectionOf } from './protection.js';
import { freeListProblem, freeListTold, overwrittenTold } from './free-list.js';
import { initTold } from './init-in-words.js';
import { leftBehind, leftBehindProblem } from './left-behind.js';
import { functionNamed, keptBy, keptProblem, type Kept } from './kept.js';
import { livedFinding } from './lived.js';
import { machineCheckProblem, machineCheckTold } from './machine-check.js';
import { policyTold } from './policy-set.js';
import { oopsesTold, oopsedProblem, oopsedTold } from './oopsed-in-words.js';
import { metBy } from './policy-in-words.js';
import { noInitTold, noRootTold } from './root-in-words.js';
import { outOfMemoryTold } from './memory-in-words.js';
import { taintInWords } from './taint-in-words.js';

/** How the kernel ended, in at most one finding. */
export function endingFindings(kernel: Kernel): readonly Finding[] {
  return kernel.once('ending findings', () => {
    const ending = endingOf(kernel);
    const found = lessSureByGaps(kernel, () => {
      const finding = ending === undefined ? livedFinding(kernel) : judge(kernel, ending);
      return finding === undefined ? [] : [finding];
    });
    noteLosses(kernel, ending);
    return found;
  });
}

/** What of the log was lost is a gap of the section, and of the findings that quote it. */
function noteLosses(kernel: Kernel, ending: Ending | undefined): void {
  for (const gap of ending?.logGaps ?? []) kernel.gaps.record(gap);
}

function judge(kernel: Kernel, ending: Ending): Finding {
  const { task, cpu } = ending.context;
  // Of a stack that ran out, or was none, no more is to be had.
  if (ending.exception?.kind !== 'double fault') noteLostFrames(kernel, ending);
  if (task === undefined) kernel.gap(`current task of CPU ${cpu}`, 'which one it is can’t be read');
  switch (ending.kind) {
    case 'exception':
      return conclude(exceptionKind, {
        ...claim(
          kernel,
          ending,
          told`${exceptionTold(kernel, ending)}${leftBehindTold(kernel, ending)}${overwrittenTold(kernel, ending)}`,
        ),
        problem: leftBehindProblem(kernel, ending) ?? freeListProblem(kernel, ending) ?? oopsProblem(ending),
      });
    case 'bug':
    case 'warning':
      return conclude(bugKind, {
        ...claim(kernel, ending, trapTold(kernel, ending)),
        problem: ending.kind === 'bug' ? oopsProblem(ending) : undefined,
      });
    case 'stack protector':
      return conclude(
        checkKind,
        claim(kernel, ending, told`${placeOf(kernel, ending)} found its stack overwritten as it returned`),
      );
    case 'machine check':
      return conclude(machineCheckKind, {
        ...claim(kernel, ending, machineCheckTold(kernel, ending)),
        problem: machineCheckProblem(kernel, ending),
      });
    case 'init killed':
      return conclude(initKind, claim(kernel, ending, initTold(kernel, ending)));
    case 'no root':
      return conclude(rootKind, claim(kernel, ending, noRootTold(kernel, ending)));
    case 'no init':
      return conclude(noInitKind, claim(kernel, ending, noInitTold(kernel, ending)));
    case 'panic':
      return conclude(panicKind, panicClaim(kernel, ending));
    case 'by hand':
      return conclude(byHandKind, {
        ...claim(kernel, ending, told`The crash was asked for by hand (sysrq-c)`),
        brief: 'The crash was asked for by hand (sysrq-c).',
      });
    case 'policy':
      return policyFinding(kernel, ending);
    case 'out of memory': {
      const what = outOfMemoryTold(ending);
      const made = ending.policy === undefined ? '' : `, and ${ending.policy} made a panic of it`;
      return conclude(memoryKind, { ...claim(kernel, ending, what), brief: `${what.text}${made}.` });
    }
  }
}

/** Who called what is told, and from where the kernel was entered, is less sure where frames are guessed or lacking. */
function noteLostFrames(kernel: Kernel, { context: { cpu, stack }, culprit: { activations } }: Ending): void {
  const last = stack.frames.length - 1;
  if (activations.slice(0, NAMED).some(({ frame }) => frame.found === 'scanned'))
    kernel.gap(`stack of CPU ${cpu}`, 'it is in part found by scanning');
  else if (stack.end !== undefined && stack.brokenAfter === last) kernel.gap(`stack of CPU ${cpu}`, stack.end);
}

/** What all of them have: who was at it, how it came there, what made a panic of it, and what the log says. */
function claim(kernel: Kernel, ending: Ending, what: Told): Claim {
  const { kind, panic } = ending;
  return {
    subject: subjectOf(ending),
    sentence: told`${what}${ofNobody.has(kind) || isOfItsTask(ending) ? '' : whose(kernel, ending)}${panicTold(kernel, ending)}.`,
    evidence: [
      ...(kind === 'by hand' ? [] : path({ activations: inCode(ending) })),
      ...(ending.rewound === true ? oopsesTold(kernel, ending) : []),
      ...lastFault(kernel, ending),
      ...memberTold(kernel, ending),
      ...freeListTold(kernel, ending),
      ...saidBy(ending),
      ...inTheLog(kernel, ending),
      ...loadedTold(kernel, ending),
    ],
    restsOn: presumed(kernel, ending),
    ...(panic.task ? { doors: [doorTo(panic.task)] } : {}),
  };
}

/** Of a stack that began anew it is known who died of an oops, and no code. */
function isOfItsTask({ kind, rewound }: Ending): boolean {
  return kind === 'panic' && rewound === true;
}

function panicClaim(kernel: Kernel, ending: Ending): Claim {
  if (!isOfItsTask(ending)) return claim(kernel, ending, told`${placeOf(kernel, ending)} called panic()`);
  return { ...claim(kernel, ending, oopsedTold(kernel, ending)), problem: oopsedProblem(kernel) };
}

/** ", on CPU 0 (init (1)), in write(fd 1: /dev/acme)" */
function whose(kernel: Kernel, ending: Ending): Told {
  const { context } = ending;
  const over = interruptTold(kernel, ending);
  if (over === undefined || context.cpu === undefined)
    return told`, on ${labelOf(kernel, context)}${during(kernel, ending)}`;
  const who = context.task === undefined ? 'nobody' : toldTask(kernel, context.task, 'task');
  return told`, on CPU ${cpuTold(context.cpu, 'task')} in ${over} over ${who}`;
}

/** "a softirq", of code that has nothing to do with the task that it came over. */
function interruptTold(kernel: Kernel, { context, culprit: { segment, activations } }: Ending): string | undefined {
  const came = interruption(kernel, context, segment)?.kind;
  if (came !== 'interrupt' && came !== 'NMI') return undefined;
  if (came === 'interrupt' && activations.some(({ name }) => /^(?:__do_softirq|handle_softirqs)$/.test(name)))
    return 'a softirq';
  return came === 'NMI' ? 'an NMI' : 'an interrupt';
}

/** Ends that whoever met them has no part in. */
const ofNobody: ReadonlySet<EndingKind> = new Set(['machine check', 'no root', 'no init']);

/** What made a panic of it, where that is a setting, and the panic's own words. */
function panicTold(kernel: Kernel, ending: Ending): string | Told {
  const { kind, policy, panic } = ending;
  if (policy !== undefined)
    return kind === 'warning' ? '' : told`. ${policyTold(kernel, ending, policy)} made a panic of it`;
  if (!tellsMore.has(kind)) return '';
  noteLosses(kernel, ending);
  return panic.message === undefined ? '' : told`: panic “${word('panic', panic.message, 'the log')}”`;
}

/** Ends of which the panic's own words tell what the stack does not. */
const tellsMore: ReadonlySet<EndingKind> = new Set([
  'panic',
  'stack protector',
  'machine check',
  'init killed',
  'no root',
  'no init',
]);

function saidBy({ kind, policy, panic }: Ending): Told[] {
  if (panic.message === undefined || (policy === undefined && tellsMore.has(kind))) return [];
  return [told`The panic: “${word('panic', panic.message, 'the log')}”.`];
}

/** Of a watchdog who is told is not who panicked, unless it is both. */
function policyFinding(kernel: Kernel, ending: Ending): Finding {
  const { what, brief, problem, culprits, evidence = [] } = metBy(kernel, ending);
  const isOwn = culprits.includes(ending.context);
  const found = culprits.map((context) => keptBy(kernel, context));
  return conclude(
    policyKind,
    {
      subject: functionSubject(found[0]?.activations[0]),
      problem: culprits.length === 0 ? problem : keptProblem(kernel, culprits),
      sentence: told`${what}${isOwn ? during(kernel, ending) : ''}${panicTold(kernel, ending)}.`,
      brief: brief && `${brief}, and ${policyTold(kernel, ending, ending.policy!).text} made a panic of it.`,
      evidence: [...evidence, ...found.flatMap(path), ...saidBy(ending)],
      restsOn: found.flatMap(({ activations: [first] }) => byScanning(first)),
      doors: culprits.flatMap(({ task }) => (task ? [doorTo(task)] : [])),
    },
    culprits.length > 0 || ending.policy === 'oops_limit' ? 'its culprit is told' : 'what waits is told elsewhere',
  );
}

function byScanning(place: Activation | undefined): Premise[] {
  return place?.frame.found === 'scanned'
    ? [{ what: `${activationInWords(place)} was found on the stack by scanning`, certainty: 'likely' }]
    : [];
}

/** The address is the instruction's own; that it can't be used is seen where no page table maps it. */
function presumed(kernel: Kernel, ending: Ending): Premise[] {
  const { exception, kind, policy, nobodyLeft } = ending;
  if (kind === 'out of memory' && policy === undefined && nobodyLeft !== true) return [whyIsUnread];
  const [first] = inCode(ending);
  if (first?.frame.found === 'scanned') return isOfCode.has(kind) ? byScanning(first) : [];
  const address = exception?.faulted.access?.address;
  if (exception?.kind !== 'page fault' || address === undefined || isUnmapped(kernel.memory, address)) return [];
  if (protectionOf(kernel, ending) !== undefined) return [];
  return [{ what: 'the page of that address is mapped in the dump, or it is not known whether', certainty: 'likely' }];
}

const whyIsUnread: Premise = {
  what: 'whether panic_on_oom was set, or nobody was left to be killed, can’t be read',
  certainty: 'likely',
};

/** "in write(fd 1: /dev/acme)" */
function during(kernel: Kernel, { context, culprit }: Ending): string | Told {
  const call = kernel.peek('system call', () => systemCallOf(kernel, context));
  const inIt = call !== undefined && culprit.segment === context.segments.length - 1;
  return inIt ? told`, in ${word('system call', call, 'the registers that its entry saved')}` : '';
}

/** Of other ends the function that called panic() is the same always. */
const isOfCode: ReadonlySet<EndingKind> = new Set(['exception', 'bug', 'warning', 'stack protector', 'panic']);

function subjectOf({ kind, rewound, culprit: { activations } }: Ending): Subject {
  const [first] = activations;
  if (!isOfCode.has(kind) || rewound === true) return { kind: 'machine' };
  const own = kind === 'bug' || kind === 'warning' || kind === 'exception' ? blamedFor(activations) : first;
  return functionSubject(own);
}

/** The same where the machine lived on after it, and ended otherwise. */
function oopsProblem(ending: Ending): string | undefined {
  const { kind, name } = subjectOf(ending);
  return kind === 'function' && name !== undefined ? `an oops in ${name}` : undefined;
}

function functionSubject(own: Activation | undefined): Subject {
  if (own === undefined || own.name === '') return { kind: 'machine' };
  return { kind: 'function', name: functionNamed(own) };
}

function placeOf(kernel: Kernel, { culprit: { activations, machinery } }: Ending): string | Told {
  // Where a stack began anew, what panicked is all that it has.
  const first = activations[0] ?? machinery.find(({ name }) => name !== '' && !isDying(kernel, name));
  if (first === undefined) return 'Code of user space, or that is not known,';
  return told`${placeTold(first, 'in')}${taintInWords(kernel, first)}`;
}

/** ": a timer was left behind" */
function leftBehindTold(kernel: Kernel, ending: Ending): string {
  const what = leftBehind(kernel, ending);
  return what === undefined ? '' : `: ${what} was left behind`;
}

/** ": an object was freed twice, or what was freed is none" */
function meaningTold({ kind, culprit, exception }: Ending): string {
  const file = exception?.faulted.bug?.file ?? '';
  const said = checkInWords(culprit.activations[0]?.name ?? '', file, kind === 'warning');
  return said === undefined ? '' : `: ${said}`;
}

/** A call that traps has the registers behind it: the kernel tells where it stands. */
function atTrap(first: Activation, { saved, at }: Faulted): Activation {
  const behind = Number(saved.registers.ip - at);
  return behind === 0 || behind > first.offset
    ? first
    : { ...first, offset: first.offset - behind, frame: { ...first.frame, ip: at } };
}

function trapTold(kernel: Kernel, ending: Ending): Told {
  const {
    kind,
    policy,
    exception,
    culprit: { activations },
  } = ending;
  const [first] = activations;
  const bug = exception?.faulted.bug;
  const what = kind === 'warning' || bug?.isWarning === true ? 'a WARN()' : 'a BUG()';
  const made =
    kind === 'warning' && policy !== undefined
      ? told`, and ${policyTold(kernel, ending, policy)} made a panic of it`
      : '';
  const at = first && bug ? atTrap(first, exception.faulted) : first;
  const where = at === undefined ? 'Code that is not known' : told`${placeTold(at, 'in')}${taintInWords(kernel, at)}`;
  return told`${where}${blamedTold(kernel, ending.culprit.activations)} ran into ${what}${bugSourceTold(bug)}${meaningTold(ending)}${made}`;
}

/** What is no code has no function: of a wild call the caller comes first. */
function inCode({ exception, culprit: { activations } }: Ending): readonly Activation[] {
  return exception?.faulted.noCode === true ? activations.slice(1) : activations;
}

/** Functions that are named, innermost first. */
const NAMED = 8;

function path({ activations }: Pick<Kept, 'activations'>): Told[] {
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
