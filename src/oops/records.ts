import type { Frame } from '../arch/stack/frame.js';
import type { PrintedException } from '../arch/stack/oops-printing.js';
import type { Registers } from '../arch/registers.js';
import { inArea, type StackArea } from '../arch/stack/stack-area.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';
import { endingOf, type Ending } from '../endings/ending.js';
import { oopsNumber } from '../endings/oops-number.js';
import { isDying, isOops } from '../locks/dying/machinery.js';
import type { Kernel } from '../kernel/kernel.js';
import type { BugPlace } from '../linux/machine/bug-table.js';
import { dieCounter } from '../linux/machine/counters.js';
import { kernelRecords } from '../linux/printk/kernel-records.js';
import { printedPart } from '../linux/printk/printed-part.js';
import { stringsInCode } from '../linux/printk/strings-in-code.js';
import type { Task } from '../linux/sched/tasks.js';
import { stackAreas } from '../stack/areas.js';
import { codePlace } from '../stack/code.js';
import { moduleObjectAt } from '../stack/module-object.js';
import { sourceName } from '../words/source-name.js';
import { codeAddressOf } from '../arch/stack/frame.js';
import { defined } from '../words/defined.js';
import { padded, type PrintedLine } from '../words/printed-line.js';
import { calledBack } from './called-back.js';
import { codeLine, faultInPrinting } from './code-line.js';
import { moduleLines } from './module-lines.js';
import { printedRecord, type PrintedRecord } from './printed-records.js';
import type { RecordKind } from './record-kind.js';
import { symbolText } from './symbol-text.js';
import { taskLines } from './task-lines.js';
import { traceLines } from './trace-lines.js';

/** One record as its kernel prints it, rebuilt from memory. */
export interface OopsRecord {
  readonly kind: RecordKind;
  readonly lines: readonly PrintedLine[];
  /** Of an exception the general registers and the code, as they stand in it. */
  readonly registers?: readonly PrintedLine[];
  /** The same in the log; undefined where it has none. */
  readonly printed?: PrintedRecord;
}

/** What the records of an end are rebuilt from. */
interface Dead {
  readonly ending: Ending;
  readonly cpu: number;
  readonly task: Task;
}

/**
 * What the kernel printed as it ended, in its order: the record of an exception, a warning or a soft lockup, and the
 * stack that panic() dumps where no oops went before it. Empty where it did not panic, or its stack is not to be had.
 */
export function oopsRecords(kernel: Kernel): readonly OopsRecord[] {
  return kernel.once('oops records', () => {
    const ending = endingOf(kernel);
    const { cpu, task } = ending?.context ?? {};
    if (ending === undefined || cpu === undefined || task === undefined) return [];
    const dead = { ending, cpu, task };
    const first = ofWhatWentWrong(kernel, dead);
    return [...(first === undefined ? [] : [first]), ...(first?.kind === 'exception' ? [] : panicRecord(kernel, dead))];
  });
}

function ofWhatWentWrong(kernel: Kernel, dead: Dead): OopsRecord | undefined {
  const { kind, exception, policy, culprit } = dead.ending;
  const make = (one: RecordKind, lines: (below: boolean) => readonly PrintedLine[]): OopsRecord => {
    const printed = printedRecord(
      kernelRecords(kernel),
      one,
      one === 'exception' ? oopsNumber(kernel, dead.ending) : undefined,
    );
    return { kind: one, lines: lines(isSearchedBelow(kernel, printed?.lines)), ...defined({ printed }) };
  };
  if (exception !== undefined)
    return kind === 'warning'
      ? make('warning', (below) => warningLines(kernel, dead, below))
      : {
          ...make('exception', (below) => exceptionLines(kernel, dead, below)),
          registers: generalRegisters(kernel, dead, printedException(kernel, dead)),
        };
  const interrupted = culprit.activations[0]?.frame;
  if (policy === 'softlockup_panic' && interrupted?.entry !== undefined)
    return make('soft lockup', (below) => lockupLines(kernel, dead, interrupted, below));
  return undefined;
}

/**
 * Whether the search for return addresses began below the exception, within its handler: so it did in stable kernels of
 * 2023 to 2025 (2e4be0d011f2, undone by 2c334f4cf29b), which nothing but the log tells.
 */
function isSearchedBelow(kernel: Kernel, printed: readonly string[] | undefined): boolean {
  if (printed === undefined) return false;
  const trace = printed.slice(printed.indexOf('Call Trace:') + 1).filter((line) => !/^ <\S+>$/.test(line));
  const sure = trace.findIndex((line) => !line.startsWith(' ? '));
  return trace.slice(0, sure < 0 ? trace.length : sure).some((line) => {
    const name = /^ \? ([\w.]+)\+0x/.exec(line)?.[1];
    return name !== undefined && (isDying(kernel, sourceName(name)) || isOops(kernel, sourceName(name)));
  });
}

/** __die(), with what stands before and behind it. */
function exceptionLines(kernel: Kernel, dead: Dead, belowException: boolean): PrintedLine[] {
  const { oops } = stacksOf(kernel);
  const exception = printedException(kernel, dead);
  const { bug } = dead.ending.exception!.faulted;
  const trap: PrintedLine[] =
    bug === undefined || bug.isWarning
      ? []
      : [
          [CUT_HERE],
          [bug.file === undefined ? bugWithout(kernel, exception) : `kernel BUG at ${bug.file}:${bug.line}!`],
        ];
  return [
    ...trap,
    ...oops.first(kernel, exception),
    ...registerLines(kernel, dead, exception, taintsBefore(kernel, exception.number)),
    ...interruptedTrace(kernel, dead, belowException),
    ...moduleLines(kernel),
    ...oops.last(kernel, exception),
    // A crash kernel is started before the mark is printed: nothing then stands above the exception.
    ...(dead.ending.culprit.machinery.length === 0 ? [] : [endMark(kernel, exception.number)]),
  ];
}

const CUT_HERE = '------------[ cut here ]------------';

function bugWithout(kernel: Kernel, { registers }: PrintedException): string {
  const text = stringsInCode(kernel, 'report_bug', '__report_bug').find((format) =>
    format.includes('verbose debug info'),
  );
  const start = text?.startsWith('kernel') === true ? 'kernel' : 'Kernel';
  return `${start} BUG at ${symbolText(kernel, registers.ip)} [verbose debug info unavailable]`;
}

/** __warn(): what the caller printed of its own before it is in no memory but the log. */
function warningLines(kernel: Kernel, dead: Dead, belowException: boolean): PrintedLine[] {
  const exception = printedException(kernel, dead);
  const { cpu, task } = dead;
  const { saved, bug } = dead.ending.exception!.faulted;
  const where = symbolText(kernel, bug?.at ?? saved.registers.ip);
  const source: PrintedLine = bug === undefined ? [{ what: 'source line', digits: 1 }, ' '] : [sourceOf(bug)];
  // Since 6.19 the place stands first.
  const isNew = stringsInCode(kernel, '__warn').some((format) => format.includes(', CPU#%d: %s/%d'));
  const comm = printedPart(kernel, 'task_struct.comm', () => task.comm);
  const pid = printedPart(kernel, 'task_struct.pid', () => String(task.pid));
  const line: PrintedLine = isNew
    ? ['WARNING: ', ...source, `at ${where}, CPU#${cpu}: `, comm, '/', pid]
    : [`WARNING: CPU: ${cpu} PID: `, pid, ' at ', ...source, where];
  return [
    [CUT_HERE],
    line,
    ...moduleLines(kernel),
    ...registerLines(kernel, dead, exception, tainted(kernel)),
    ...interruptedTrace(kernel, dead, belowException),
  ];
}

/** Without DEBUG_BUGVERBOSE the kernel has no names of files. */
function sourceOf({ file, line }: BugPlace): string {
  return file === undefined ? '' : `${file}:${line} `;
}

/** watchdog_timer_fn() */
function lockupLines(kernel: Kernel, dead: Dead, interrupted: Frame, belowInterrupt: boolean): PrintedLine[] {
  const { cpu, task } = dead;
  const { registers } = interrupted.entry!;
  const before = tainted(kernel);
  return [
    [
      `watchdog: BUG: soft lockup - CPU#${cpu} stuck for `,
      { what: 'seconds', digits: 1 },
      's! [',
      printedPart(kernel, 'task_struct.comm', () => task.comm),
      ':',
      printedPart(kernel, 'task_struct.pid', () => String(task.pid)),
      ']',
    ],
    ...moduleLines(kernel),
    ...registerLines(kernel, dead, { registers }, before === undefined ? undefined : before & ~SOFTLOCKUP),
    ...interruptedTrace(kernel, dead, belowInterrupt),
  ];
}

/** show_regs() without its trace. */
function registerLines(kernel: Kernel, dead: Dead, exception: Interrupted, taints: bigint | undefined): PrintedLine[] {
  const { cpu, task } = dead;
  return [...taskLines(kernel, { cpu, task, tainted: taints }), ...registersOf(kernel, dead, exception)];
}

type Interrupted = Pick<PrintedException, 'registers'> & Partial<PrintedException>;

/** __show_regs(SHOW_REGS_ALL) */
function registersOf(kernel: Kernel, { cpu, task }: Dead, exception: Interrupted): PrintedLine[] {
  const { oops } = stacksOf(kernel);
  const { registers, access, noCode } = exception;
  const target = noCode === true ? registers.ip : access?.address;
  const faulted = faultInPrinting(kernel, registers) ?? (exception.kind === 'page fault' ? target : undefined);
  return [
    ...generalRegisters(kernel, { task }, exception),
    ...oops.control(kernel, { cpu, task, registers, ...defined({ faulted }) }),
  ];
}

function generalRegisters(kernel: Kernel, { task }: Pick<Dead, 'task'>, { registers }: Interrupted): PrintedLine[] {
  return stacksOf(kernel).oops.registers(registers, (at) => symbolText(kernel, at), [
    codeLine(kernel, task, registers),
  ]);
}

/** The trace from the registers that an entry saved. */
function interruptedTrace(kernel: Kernel, { ending, cpu, task }: Dead, belowException: boolean): PrintedLine[] {
  const { frames } = ending.context.stack;
  const first = ending.culprit.activations[0]?.frame ?? frames[0]!;
  const { sp } = ending.exception?.faulted.saved.registers ?? first.entry!.registers;
  const from = belowException ? (handlersStack(kernel, ending) ?? sp) : sp;
  // Of what is no code the kernel's own unwinder knows NULL alone (null_orc_entry), and of a module's data below its
  // code takes it for the first function's start: every other trace is a guess.
  const isKnown = first.ip === 0n || moduleObjectAt(kernel, first.ip)?.isBelowCode === true;
  const isLost = ending.exception?.faulted.noCode === true && !isKnown;
  return traceLines(kernel, { cpu, task, from, frames: isLost ? [] : frames.slice(frames.indexOf(first) + 1) });
}

/** Where the handler's frames begin that were there as the record was printed, and still are. */
function handlersStack(kernel: Kernel, { culprit: { machinery } }: Ending): bigint | undefined {
  const last = machinery.findLastIndex(({ name }) => isDying(kernel, name));
  const handler = machinery.slice(last + 1).find(({ name }) => !isOops(kernel, name) || !isDying(kernel, name));
  return handler?.frame.sp === undefined ? undefined : stacksOf(kernel).returnSlot(handler.frame.sp);
}

/** What panic() itself printed: its message, and the stack of who called it, where no oops was before it. */
function panicRecord(kernel: Kernel, { ending, cpu, task }: Dead): OopsRecord[] {
  const taints = tainted(kernel);
  if (taints !== undefined && (taints & DIE) !== 0n) return [];
  const { frames } = ending.context.stack;
  const names = frames.map((frame) => functionOf(kernel, frame));
  const innermost = names.findIndex((name) => name === 'panic' || name === 'vpanic');
  const caller = frames[innermost + 1];
  if (innermost < 0 || caller?.sp === undefined) return [];
  const { message } = ending.panic;
  const head: PrintedLine = [
    'Kernel panic - not syncing: ',
    { what: 'message', digits: 1, ...(message === undefined ? {} : { text: message, from: 'the log' }) },
  ];
  const printed = printedRecord(kernelRecords(kernel), 'panic');
  // It has told panic() that somebody else prints (bust_spinlocks()): a stack is not dumped then.
  if (names.includes('mce_panic')) return [{ kind: 'panic', ...defined({ printed }), lines: [head] }];
  const from = caller.entry === undefined ? stacksOf(kernel).returnSlot(caller.sp) : caller.sp;
  const lines = traceLines(kernel, { cpu, task, from, frames: frames.slice(innermost + 1) });
  const shown = lines.findIndex(([text]) => typeof text === 'string' && !/^(?:Call Trace:$| <)/.test(text));
  const at = shown < 0 ? lines.length : shown;
  return [
    {
      kind: 'panic',
      ...defined({ printed }),
      lines: [
        head,
        ...taskLines(kernel, { cpu, task, tainted: taints }),
        ...lines.slice(0, at),
        ...calledBack(kernel, names[innermost]!),
        ...lines.slice(at),
      ],
    },
  ];
}

function functionOf(kernel: Kernel, frame: Frame): string {
  const place = codePlace(kernel, codeAddressOf(frame));
  return place === undefined ? '' : sourceName(place.function);
}

function printedException(kernel: Kernel, { ending, cpu, task }: Dead): PrintedException {
  const { kind, faulted } = ending.exception!;
  const { registers } = faulted.saved;
  const isOverflow = ending.culprit.machinery.some(({ name }) => name === 'handle_stack_overflow');
  return {
    kind,
    cpu,
    task,
    registers,
    noCode: faulted.noCode === true,
    number: oopsNumber(kernel, ending),
    ...defined({
      access: faulted.access,
      overflow: isOverflow ? overrun(kernel, cpu, task, registers) : undefined,
    }),
  };
}

/** The stack that the stack pointer stands right below, or at the start of. */
function overrun(kernel: Kernel, cpu: number, task: Task, { sp }: Registers): StackArea | undefined {
  const page = BigInt(kernel.memory.pageSize);
  const areas = stackAreas(kernel, cpu, task);
  return areas.find(({ low }) => sp >= low - page && sp < low) ?? areas.find((area) => inArea(area, sp, 0));
}

const DIE = 1n << 7n;
const SOFTLOCKUP = 1n << 14n;

function tainted(kernel: Kernel): bigint | undefined {
  return kernel.attempt('tainted_mask', () => kernel.global('tainted_mask'));
}

/** The first oops taints the kernel when its record is printed. */
function taintsBefore(kernel: Kernel, number: number | undefined): bigint | undefined {
  const mask = tainted(kernel);
  return mask !== undefined && number === 1 ? mask & ~DIE : mask;
}

/** print_oops_end_marker(): a number for each oops until 5.17. */
function endMark(kernel: Kernel, number: number | undefined): PrintedLine {
  const id = kernel.findSymbol('oops_id');
  const value = id === undefined ? 0n : idOf(kernel, id, number);
  return ['---[ end trace ', value === undefined ? { what: 'id of the oops', digits: 16 } : padded(value, 16), ' ]---'];
}

/** Of an oops, counted back from the last one's. */
function idOf(kernel: Kernel, last: bigint, number: number | undefined): bigint | undefined {
  const count = dieCounter(kernel);
  if (number === undefined || count === undefined) return undefined;
  return kernel.attempt('oops_id', () => BigInt.asUintN(64, kernel.memory.u64(last) - BigInt(count - number)));
}
