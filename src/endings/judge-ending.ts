import { stacksOf } from '../arch/stack/stack-architectures.js';
import { doorTo } from '../kernel/door-to.js';
import type { Kernel } from '../kernel/kernel.js';
import { isCheck } from '../faults/checks.js';
import { registersOf } from '../linux/machine/cpu-registers.js';
import { commandLine } from '../linux/machine/uts.js';
import { activationInWords, type Activation } from '../locks/contexts.js';
import { judgedByWhatWasRead } from '../locks/findings/judged-by-what-was-read.js';
import { labelOf, placeTold } from '../locks/findings/waits-in-words.js';
import { systemCallOf } from '../locks/waits/system-call.js';
import { isUnmapped } from '../memory/address-space.js';
import { conclude, type Claim, type Finding } from '../words/finding.js';
import { word } from '../words/known-facts.js';
import type { Subject } from '../words/subject.js';
import { told, toldJoined, type Told } from '../words/told.js';
import { endingOf, type Ending, type EndingKind } from './ending.js';
import {
  bugKind,
  byHandKind,
  checkKind,
  exceptionKind,
  initKind,
  machineCheckKind,
  memoryKind,
  panicKind,
  policyKind,
  rootKind,
} from './ending-kinds.js';
import { culpritOf, type Culprit } from './culprit.js';
import { exceptionTold } from './exception-in-words.js';
import type { Premise } from '../words/certainty.js';
import { inTheLog } from './in-the-log.js';
import { initEndedTold } from './init-in-words.js';
import { livedFinding } from './lived.js';
import { metBy } from './policy-in-words.js';
import { outOfMemoryTold } from './memory-in-words.js';
import { taintInWords } from './taint-in-words.js';

/** How the kernel ended, in at most one finding. */
export function endingFindings(kernel: Kernel): readonly Finding[] {
  return kernel.once('ending findings', () => {
    const ending = endingOf(kernel);
    const found = judgedByWhatWasRead(kernel, () => {
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
  if (ending.kind === 'out of memory' && ending.policy === undefined && !ending.nobodyLeft)
    kernel.gap('panic_on_oom', 'whether it was set, or nobody was left to be killed, can’t be read');
  if (ending.culprit.activations.slice(0, NAMED).some(({ frame }) => frame.found === 'scanned'))
    kernel.gap(`stack of CPU ${cpu}`, 'it is in part found by scanning');
  if (task === undefined) kernel.gap(`current task of CPU ${cpu}`, 'which one it is can’t be read');
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
      return conclude(initKind, claim(kernel, ending, initEndedTold(kernel, ending)));
    case 'no root':
      return conclude(
        rootKind,
        claim(kernel, ending, told`The kernel could not mount its root file system${rootAskedFor(kernel)}`),
      );
    case 'panic':
      return conclude(panicKind, claim(kernel, ending, told`${placeOf(kernel, ending)} called panic()`));
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

/** " (root=/dev/vda2)" of the command line */
function rootAskedFor(kernel: Kernel): string | Told {
  const root = / (root=\S+)/.exec(` ${kernel.attempt('saved_command_line', () => commandLine(kernel)) ?? ''}`)?.[1];
  return root === undefined ? '' : told` (${word('root', root, 'saved_command_line')})`;
}

/** What all of them have: who was at it, how it came there, what made a panic of it, and what the log says. */
function claim(kernel: Kernel, ending: Ending, what: Told): Claim {
  const { kind, context, panic } = ending;
  return {
    subject: subjectOf(ending),
    sentence: told`${what}, on ${labelOf(kernel, context)}${during(kernel, ending)}${panicTold(kernel, ending)}.`,
    evidence: [
      ...(kind === 'by hand' ? [] : path(ending.culprit)),
      ...lastFault(kernel, ending),
      ...saidBy(ending),
      ...inTheLog(kernel, ending),
    ],
    restsOn: presumed(kernel, ending),
    ...(panic.task ? { doors: [doorTo(panic.task)] } : {}),
  };
}

/** What made a panic of it, where that is a setting, and the panic's own words. */
function panicTold(kernel: Kernel, ending: Ending): string | Told {
  const { kind, policy, panic } = ending;
  if (policy !== undefined) return kind === 'warning' ? '' : `. ${policy} made a panic of it`;
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
]);

function saidBy({ kind, policy, panic }: Ending): Told[] {
  if (panic.message === undefined || (policy === undefined && tellsMore.has(kind))) return [];
  return [told`The panic: “${word('panic', panic.message, 'the log')}”.`];
}

/** Of a watchdog who is told is not who panicked, unless it is both. */
function policyFinding(kernel: Kernel, ending: Ending): Finding {
  const { what, culprits } = metBy(kernel, ending);
  const isOwn = culprits.includes(ending.context);
  const found = culprits.map((context) => culpritOf(kernel, context));
  return conclude(
    policyKind,
    {
      subject: functionSubject(found[0]?.activations[0]),
      sentence: told`${what}${isOwn ? during(kernel, ending) : ''}${panicTold(kernel, ending)}.`,
      evidence: [...found.flatMap(path), ...saidBy(ending)],
      restsOn: found.flatMap(({ activations: [first] }) => byScanning(first)),
      doors: culprits.flatMap(({ task }) => (task ? [doorTo(task)] : [])),
    },
    culprits.length > 0 ? 'its culprit is told' : 'what waits is told elsewhere',
  );
}

function byScanning(place: Activation | undefined): Premise[] {
  return place?.frame.found === 'scanned'
    ? [{ what: `${activationInWords(place)} was found on the stack by scanning`, certainty: 'likely' }]
    : [];
}

/** The address is the instruction's own; that it can't be used is seen where no page table maps it. */
function presumed(kernel: Kernel, { exception, culprit }: Ending): Premise[] {
  // Of a call to what is no code the caller is told.
  const first = culprit.activations[exception?.faulted.noCode === true ? 1 : 0];
  if (first?.frame.found === 'scanned') return byScanning(first);
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

/** Of other ends the function that called panic() is the same always. */
const isOfCode: ReadonlySet<EndingKind> = new Set(['exception', 'bug', 'warning', 'stack protector', 'panic']);

function subjectOf({ kind, culprit: { activations } }: Ending): Subject {
  const [first] = activations;
  if (!isOfCode.has(kind)) return { kind: 'machine' };
  const own = kind === 'bug' || kind === 'warning' || kind === 'exception' ? notACheck(activations) : first;
  return functionSubject(own);
}

function functionSubject(own: Activation | undefined): Subject {
  if (own === undefined || own.name === '') return { kind: 'machine' };
  return { kind: 'function', name: own.place?.module === undefined ? own.name : `${own.name} [${own.place.module}]` };
}

function notACheck(activations: readonly Activation[]): Activation | undefined {
  // Of a call to what is no code the caller is the first that has a name.
  return activations.find(({ name }) => name !== '' && !isCheck(name)) ?? activations[0];
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

/** Functions that are named, innermost first. */
const NAMED = 8;

function path({ activations }: Culprit): Told[] {
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
