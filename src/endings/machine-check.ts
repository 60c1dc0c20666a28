import type { Kernel } from '../kernel/kernel.js';
import { machineCheckOf, machineCheckSeen, type MachineCheck } from '../linux/machine/machine-checks.js';
import { isIdleTask } from '../linux/sched/cpu-tasks.js';
import { stackWords } from '../locks/contexts.js';
import { labelOf, placeTold } from '../locks/findings/waits-in-words.js';
import { address, number, word } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';

/**
 * The error that the kernel could not go on after. A processor whose machine checks are its own panics before it keeps
 * the record: it stands on the stack of its handler, with the moment that `mces_seen` has. Where all of them meet, the
 * first to come panics for the one with the worst.
 */
function fatalMachineCheck(kernel: Kernel, ending: Ending): MachineCheck | undefined {
  return kernel.attempt('mces_seen', () => {
    const { cpu } = ending.context;
    if (cpu === undefined) return undefined;
    const seen = machineCheckSeen(kernel, cpu);
    if (seen === undefined) return undefined;
    const own = machineCheckOf(kernel, seen) ?? onStack(kernel, ending, seen.tsc);
    return (
      own ??
      worstOf(
        kernel,
        kernel.possibleCpus().filter((one) => one !== cpu),
      )
    );
  });
}

/** @throws ReadError */
function worstOf(kernel: Kernel, cpus: readonly number[]): MachineCheck | undefined {
  const found = cpus.flatMap((cpu) => {
    const seen = machineCheckSeen(kernel, cpu);
    const check = seen && machineCheckOf(kernel, seen);
    return check === undefined ? [] : [{ check, severity: seen?.severity ?? (check.says.isUncorrected ? 1 : 0) }];
  });
  return found.toSorted((a, b) => b.severity - a.severity)[0]?.check;
}

/** The copy that the handler filled: the same moment as the one that it began with. @throws ReadError */
function onStack(kernel: Kernel, { culprit: { machinery } }: Ending, tsc: bigint): MachineCheck | undefined {
  const offset = BigInt(kernel.offsetOf('mce', 'tsc'));
  const first = machinery[0]?.frame;
  if (first === undefined || tsc === 0n) return undefined;
  for (const { at, word: value } of stackWords(kernel, first, undefined)) {
    if (value !== tsc) continue;
    const check = kernel.peek('struct mce', () => machineCheckOf(kernel, kernel.ref('mce', at - offset)));
    if (check !== undefined) return check;
  }
  return undefined;
}

/** "a machine check: an error of memory, at a read": on whichever channel, of whichever cache. */
export function machineCheckProblem(kernel: Kernel, ending: Ending): string {
  const code = fatalMachineCheck(kernel, ending)?.says.code;
  return `a machine check${code === undefined ? '' : `: ${code.replace(/(?:,? on channel| of level) \d+/, '')}`}`;
}

/** "CPU 0 (swapper/0 (0)), which was idle, met a machine check that the kernel could not go on after: bank 4 says …" */
export function machineCheckTold(kernel: Kernel, ending: Ending): Told {
  const check = fatalMachineCheck(kernel, ending);
  const fatal = 'a machine check that the kernel could not go on after';
  const over = overTold(kernel, ending);
  if (check === undefined) return told`The processor reported ${fatal}; ${over}`;
  const cpu = number('cpu', check.cpu, 'mce.extcpu', 'cpu');
  return told`CPU ${cpu} reported ${fatal}: ${recordTold(check)}; ${over}`;
}

/** "bank 4 has 0xbe00000000010091 (uncorrected): an error of memory, at the physical address 0x12345000" */
function recordTold({ bank, status, says, address: where, at }: MachineCheck): Told {
  const of = `struct mce at 0x${at.toString(16)}`;
  const which = told`bank ${number('bank', bank, of)} has ${address('status', status, `status of ${of}`)}`;
  const code = says.code === undefined ? '' : told`: ${word('error', says.code, 'its MCA error code')}`;
  const place = where === undefined ? '' : told`, at the physical address ${address('physical address', where, of)}`;
  return told`${which} (${word('flags', says.flags.join(', '), 'its flags')})${code}${place}`;
}

/** "it came over CPU 0 (hog (100)) in acme_spin+0x0": which says nothing of why. */
function overTold(kernel: Kernel, { context, culprit }: Ending): Told {
  const { cpu, task, segments } = context;
  const who = labelOf(kernel, context);
  if (isIdleTask(kernel, cpu, task) && culprit.segment >= segments.length - 1) return told`it came over ${who}, idle`;
  const [first] = culprit.activations;
  return told`it came over ${who} in ${first === undefined ? 'user space' : placeTold(first, 'in')}`;
}
