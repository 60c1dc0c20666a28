import { doorTo, fact, gap, readOrGap, type Fact, type Finding, type Kernel } from 'oompm';
import {
  crashTime,
  isLogWhole,
  kernelTaints,
  kernelTime,
  lastLogStamp,
  latestNs,
  panicOf,
  taskLabel,
} from 'oompm/linux';

/** When and why it stopped, as far as the kernel itself knew; how, in the words of the paragraph at the top. */
export function endFacts(kernel: Kernel, ending: Finding | undefined): Fact[] {
  const happened =
    ending === undefined
      ? []
      : [
          fact(
            'end',
            'What happened',
            'text',
            ending.brief ?? ending.sentence,
            ending.certainty === 'certain' ? {} : { note: ending.certainty },
          ),
        ];
  return [
    ...happened,
    ...panicFacts(kernel, ending !== undefined),
    crashTimeFact(kernel),
    uptimeFact(kernel),
    taintFact(kernel),
  ];
}

/** @param told whether it is said already what happened */
function panicFacts(kernel: Kernel, told: boolean): Fact[] {
  const panic = readOrGap('panic', () => panicOf(kernel));
  if (panic !== undefined && 'gap' in panic) return [fact('panic', 'Panic', 'text', panic)];
  const silent =
    panic?.message === undefined && !isLogWhole(kernel)
      ? gap('panic', "the log can't be read whole: why the kernel stopped is not known")
      : undefined;
  if (panic === undefined && silent !== undefined) return [fact('panic', 'Panic', 'text', silent)];
  if (panic === undefined)
    return [
      fact(
        'panic',
        'Panic',
        'text',
        null,
        told ? {} : { note: 'the kernel did not panic: it was running, or hung, when the dump was taken' },
      ),
    ];
  const { message, timeNs, cpu, cpuSource, task, caller } = panic;
  const byLog = caller === undefined ? undefined : callerInWords(caller);
  return [
    fact(
      'panic',
      'Panic',
      'text',
      message ?? silent ?? null,
      message === undefined && silent === undefined ? { note: 'it panicked, and its log does not say why' } : {},
    ),
    ...(silent === undefined ? [fact('panicTime', 'Panic at', 'ns', timeNs ?? null, { note: 'since boot' })] : []),
    fact(
      'panicCpu',
      'On CPU',
      'integer',
      cpu ?? gap('panic_cpu', 'neither the kernel nor its log names the CPU'),
      cpuSource === undefined ? {} : { note: `by ${cpuSource}` },
    ),
    fact(
      'panicTask',
      'In task',
      'task',
      task ? taskLabel(kernel, task) : (byLog ?? gap('the task that panicked', 'what that CPU ran is not to be had')),
      task ? { door: doorTo(task) } : byLog === undefined ? {} : { note: 'by the log' },
    ),
  ];
}

/** Who printed a line of the log, where its records say so: "T52", or "C1" for an interrupt. */
function callerInWords(caller: string): string {
  const number = caller.slice(1);
  return caller.startsWith('T') ? `pid ${number}` : `none: an interrupt of CPU ${number}`;
}

/** The kernel writes CRASHTIME as it starts its crash kernel; else its clock stands at its last tick. */
function crashTimeFact(kernel: Kernel): Fact {
  const written = crashTime(kernel);
  if (written !== undefined) return fact('time', 'Time', 'unixTime', written, { note: 'CRASHTIME of VMCOREINFO' });
  const clock = readOrGap('timekeeper', () => Number(kernelTime(kernel).wallNs / 1_000_000_000n));
  return fact(
    'time',
    'Time',
    'unixTime',
    clock,
    typeof clock === 'number' ? { note: "the kernel's clock at its last tick" } : {},
  );
}

function uptimeFact(kernel: Kernel): Fact {
  const clock = readOrGap('timekeeper', () => kernelTime(kernel).uptimeNs);
  if (typeof clock !== 'bigint') {
    kernel.gap(clock.what, clock.reason, clock.address);
    const latest = latestNs(kernel);
    const note = "the latest time of its run queues and log: the kernel's clock can't be read";
    return fact('uptime', 'Uptime', 'ns', latest ?? clock, latest === undefined ? {} : { note });
  }
  const last = kernel.attempt('log', () => lastLogStamp(kernel));
  // A CPU that prints its report with interrupts off takes no tick meanwhile.
  if (last !== undefined && BigInt(last) > clock)
    return fact('uptime', 'Uptime', 'ns', last, { note: "the log's last stamp; the clock's last tick was earlier" });
  return fact('uptime', 'Uptime', 'ns', clock, { note: "the kernel's clock at its last tick" });
}

function taintFact(kernel: Kernel): Fact {
  const taints = readOrGap('tainted_mask', () =>
    kernelTaints(kernel).map(({ letter, name }) => (name === undefined ? letter : `${letter} ${name}`)),
  );
  return fact('taints', 'Tainted', 'flags', Array.isArray(taints) && taints.length === 0 ? null : taints);
}
