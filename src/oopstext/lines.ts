import { sourceName } from '../words/source-name.js';
import type { EventKind } from '../timeline/event-kind.js';
import type { Place } from '../timeline/event.js';
import { codeIn, frameIn, readReportLine, type Frame } from '../timeline/report-lines.js';
import { accessIn } from './access-codes.js';
import { architectureIn, kernelIn } from './kernel-line.js';
import type { OopsText } from './oops-text.js';

/** How far a report is read. */
export interface Reading {
  /** How its kind of report is read. */
  readonly report: EventKind['report'];
  /** Behind the registers of the exception come those of what it interrupted. */
  isTraced: boolean;
  /** More than one first line came before its number, of several addresses. */
  isAmbiguous: boolean;
  /** What follows is of others. */
  isOver: boolean;
  hasCode: boolean;
  /** Of an oops or a BUG(), which is of several first lines until it has its number. */
  readonly isDeath: boolean;
  /** It counts only with a number. */
  readonly isTentative: boolean;
  readonly caller?: string;
  /** Its last line so far that was its own. */
  own: number;
}

/** A report as it is read: what is settled by a first line is not changed by a later one. */
export type Draft = {
  -readonly [K in keyof Omit<OopsText, 'registers' | 'trace' | 'scanned' | 'taints' | 'last'>]: OopsText[K];
} & {
  registers: Record<string, bigint>;
  trace: Place[];
  scanned: Place[];
  taints: Record<string, string>;
  readonly reading: Reading;
};

/** Registers of x86_64; those of 32 bits have other names. */
const register = /\b(R(?:[ABCD]X|[SD]I|BP|SP|0?[89]|1[0-5])): ?(?:[0-9a-f]{4}:)?([0-9a-f]{16})\b/g;

function registerName(printed: string): string {
  return /^R\d/.test(printed) ? printed.toLowerCase().replace(/^r0/, 'r') : printed.slice(1).toLowerCase();
}

/** The address of a fault, in the first lines alone. */
const faultAddress = new RegExp(
  [
    /^(?:BUG: |(?:CPU \d+ )?Unable to handle |Unhandled |(?:Oops: )?general protection fault).*?/,
    /(?:address:?|(?:dereference|request|access|fetch|read|write) at|\(0x[0-9a-f]+\) at)[ :]+(?:0x)?([0-9a-f]{4,16}\b|\(null\))/,
  ]
    .map(({ source }) => source)
    .join(''),
);

type Reader = (draft: Draft, match: RegExpExecArray) => void;

/** What a line of a report tells beside who and where, by its form; a line may be of several. */
const forms: readonly (readonly [RegExp, Reader])[] = [
  [faultAddress, (draft, [, address]) => (draft.address ??= addressIn(address!))],
  // Two CPUs may fault at once; this line is of the one whose report goes on.
  [
    /^\[([0-9a-f]{8,16})\] (?:\*?pgd=|address between|user address but)/,
    (draft, [, address]) => void (draft.number ?? (draft.address = addressIn(address!))),
  ],
  // What "BUG: unable to handle kernel " was about, where another's line came between.
  [
    /^(?:paging request|NULL pointer dereference) at ([0-9a-f]{8,16}|\(null\))/,
    (draft, [, address]) => void (draft.fault === 'page fault' && (draft.address ??= addressIn(address!))),
  ],
  [/\bCR2: ([0-9a-f]{8}(?:[0-9a-f]{8})?)\b/, (draft, [, address]) => readFaulted(draft, address!)],
  [/^BadVA : ([0-9a-f]{8,16})$/, readBadAddress],
  [/^Failing address: ([0-9a-f]{16}) TEID/, (draft, [, address]) => (draft.address ??= addressIn(address!))],
  [/^(Read|Write) (?:of size (\d{1,9}) )?(?:at (?:addr )?([0-9a-f]{8}(?:[0-9a-f]{8})?) )?by task /, readKasan],
  [/^BUG: KASAN: .* at addr ([0-9a-f]{16})$/, (draft, [, address]) => (draft.address ??= addressIn(address!))],
  [/^(?:Out-of-bounds|Use-after-free|Invalid) (read|write) at (?:0x)?([0-9a-f]{8,16}) /, readKfence],
  // Of these the stack of the access follows without a head.
  [/^BUG: K(?:FENCE|MSAN): /, (draft) => void (draft.reading.isTraced = true)],
  [
    /^KASAN: ((?:probably |maybe )?[\w-]{5,40} in range \[0x[0-9a-f]+-0x[0-9a-f]+\])/,
    (draft, [, said]) => (draft.kasan ??= said!),
  ],
  [/^[Kk]ernel BUG at ([^!\s]+:\d+)!?/, (draft, [, source]) => (draft.source ??= source!)],
  [
    /^WARNING: (?:\[[^\]]{1,200}\] )?(?:CPU: \d+ PID: \d+ )?(?:at )?(\S+:\d+)(?: |$)/,
    (draft, [, source]) => (draft.source ??= source!),
  ],
  [/soft lockup - CPU#\d+ stuck for (\d+)s!/, (draft, [, seconds]) => (draft.seconds ??= Number(seconds))],
  [
    /^INFO: task .* (?:blocked .{0,40}|can't die )for more than (\d+) seconds/,
    (draft, [, seconds]) => (draft.seconds ??= Number(seconds)),
  ],
  [/^CPU:? {0,6}(\d+)\s*$/, (draft, [, cpu]) => (draft.cpu ??= Number(cpu))],
  [/^EIP: [0-9a-f]{4}:\[<[0-9a-f]+>\] .*\bCPU: (\d+)$/, (draft, [, cpu]) => (draft.cpu ??= Number(cpu))],
  [/^Modules linked in: (.*)/, (draft, [, list]) => readModules(draft, list!)],
  [/^Process (\S.{0,15}?) \(pid: (\d+),/, (draft, [, comm, pid]) => setTask(draft, comm!, pid!)],
  [/^TASK = [0-9a-f]+\[(\d+)\] '([^']{1,16})'/, (draft, [, pid, comm]) => setTask(draft, comm!, pid!)],
  [
    /^(?:task:)?(?!task:|rcu_)(\S.{0,15}?) +(?:state:)?R +running task +(?:on cpu +\d+ +)?(?:stack: *)?\d+ +(?:pid: *)?(\d+)/,
    (draft, [, comm, pid]) => void (draft.fault === 'rcu stall' && setTask(draft, comm!, pid!)),
  ],
  // Whom lockdep and the checks on sleeping and preemption caught.
  [/^(?<comm>.{1,16})\/(?<pid>\d{1,10}) (?:is (?:trying|freeing|leaving|exiting|blocking)\b|\[HC\d)/, readCaught],
  [/^BUG: using .{1,60} in preemptible \[\w+\] code: (?<comm>.{1,16})\/(?<pid>\d+)$/, readCaught],
  [/^comm "(?<comm>.{1,16})", pid (?<pid>\d+), jiffies /, readCaught],
  [/^in_atomic\(\): .{0,80}\bpid: (?<pid>\d+), name: (?<comm>.{1,16})$/, readCaught],
  [/^BUG: scheduling while atomic: (.{1,64})\/(\d+)\/0x/, (draft, [, comm, pid]) => setTask(draft, comm!, pid!)],
  // Of user space's own RIP, behind a system call's entry, nothing is said. Xen's kernel runs at e030.
  [/^RIP: (?:00(?:10|60)|e030):(.*)/, (draft, [, where]) => readAddress(draft, where!)],
  [/^(?:PC is at|pc :) 0x([0-9a-f]{1,16})$/, (draft, [, where]) => readBare(draft, where!)],
  // powerpc names it below, where it is one of the kernel's functions.
  [/^NIP: +([0-9a-f]{8,16}) LR: /, (draft, [, where]) => (draft.registers['ip'] ??= BigInt(`0x${where}`))],
  [
    /^Faulting instruction address: 0x([0-9a-f]{8,16})$/,
    (draft, [, where]) => (draft.registers['ip'] ??= BigInt(`0x${where}`)),
  ],
  // xmon's.
  [/^pid {3}= (\d+), comm = (\S.{0,15})$/, (draft, [, pid, comm]) => setTask(draft, comm!, pid!)],
  [/^s?epc ?: ?([0-9a-f]{16}) ra ?:/, (draft, [, where]) => readBare(draft, where!)],
  [/^(?:LR is at |lr : |LR \[[0-9a-f]+\] \.?|ra +: (?:[0-9a-f]+ )?)(\w[\w.$]*)\+0x([0-9a-f]+)\/0x/, readLinked],
  [/^Code: (.*)/, (draft, [, bytes]) => readCode(draft, bytes!)],
  [/^(?:Call Trace|Backtrace|Call trace):/, (draft) => void (draft.reading.isTraced = true)],
  [/^Kernel panic - not syncing: (.*)/, (draft, [, panic]) => (draft.panic ??= panic!.trim())],
];

/** Takes what a line of the report tells. @param number of the line in the text */
export function readLine(draft: Draft, text: string, number: number): void {
  // A place in the trace is of what the exception interrupted; of a call to what is no code there is none.
  if (draft.reading.report === 'stack' && othersStacks.test(text)) draft.reading.isOver = true;
  if (otherTraces.test(text)) draft.reading.isOver = true;
  if (draft.reading.isOver) {
    if (isOfTrace(text)) draft.reading.own = number;
    // KFENCE and KMSAN say behind all stacks who it was.
    if (draft.fault === 'corruption') readWho(draft, text);
    return;
  }
  const wasPlaced = draft.place !== undefined;
  // RCU's watchdog runs in an interrupt: the registers of what that stopped are in the midst of the trace.
  const isPlaced = draft.ip !== undefined || (draft.reading.isTraced && draft.fault !== 'rcu stall');
  readReportLine(text, draft, draft.reading.report === 'stack' ? 'stack' : isPlaced ? 'who' : 'die');
  for (const [pattern, read] of forms) {
    const match = pattern.exec(text);
    if (match !== null) {
      read(draft, match);
      draft.reading.own = number;
    }
  }
  readMachine(draft, text);
  if (draft.fault === 'rcu stall' && draft.reading.isTraced && !wasPlaced && draft.place !== undefined)
    draft.trace = [];
  // Of a WARN() that became a panic the stack begins with the panic.
  if (draft.fault === 'warning' && draft.reading.isTraced && isPlaceOf(draft, text)) draft.trace = [];
  const frame = frameIn(text);
  // arm has no line that says where its trace begins.
  if (frame !== undefined && / from /.test(text)) draft.reading.isTraced = true;
  if (frame !== undefined || isOfTrace(text)) draft.reading.own = number;
  if (draft.reading.isTraced) return traceLine(draft, text, frame);
  for (const [, name, value] of text.matchAll(register)) draft.registers[registerName(name!)] ??= BigInt(`0x${value}`);
}

/** The registers of where it was, in the midst of a trace. */
function isPlaceOf({ place }: Draft, text: string): boolean {
  return place !== undefined && /^[RE]IP: /.test(text) && codeIn(text)?.function === place.function;
}

function readMachine(draft: Draft, text: string): void {
  const machine = { ...kernelIn(text), access: accessIn(text), architecture: architectureIn(text) };
  for (const [name, value] of Object.entries(machine))
    if (value !== undefined && draft[name as keyof Draft] === undefined) Object.assign(draft, { [name]: value });
}

/** Takes what a line says of who it was: behind the report's panic, where the report was cut short. */
export function readWho(draft: Draft, text: string): void {
  readReportLine(text, draft, 'who');
  readMachine(draft, text);
}

/** Behind a hung task's own stack: locks, and what CPUs do. */
const othersStacks = /^(?:NMI backtrace for cpu|Showing all locks held|Sending NMI)/;
/** Behind a stack: where s390 jumped last, and of who had the memory. */
const otherTraces =
  /^(?:Last Breaking-Event-Address:|(?:Allocated|Freed) by task|The buggy address belongs|kfence-#\d|Uninit was|Local variable )/;

/** Lines that a report is long of. */
function isOfTrace(text: string): boolean {
  return /^(?:R[A-Z0-9]{2}|x\d+|CR\d|DR\d|Stack|CPU|PGD|Hardware name|NMI backtrace|Call Trace)\b|\+0x[0-9a-f]+\/0x/.test(
    text,
  );
}

/** No report's stack is longer. */
const mostFrames = 512;
/** Above the first frame that is sure. */
const mostScanned = 32;

function traceLine(draft: Draft, text: string, frame: Frame | undefined): void {
  if (frame === undefined) return;
  if (draft.interrupted === undefined && /^(?:<<?EOE>>?|<\/NMI>)/.test(text)) draft.interrupted = frame;
  if (!frame.isSure && draft.trace.length === 0 && draft.scanned.length < mostScanned) draft.scanned.push(frame.place);
  if (!frame.isSure) return;
  if (draft.trace.length < mostFrames) draft.trace.push(frame.place);
}

function setTask(draft: Draft, comm: string, pid: string): void {
  draft.comm ??= comm;
  draft.pid ??= Number(pid);
}

function readCaught(draft: Draft, { groups = {} }: RegExpExecArray): void {
  if (draft.fault === 'debug check') setTask(draft, groups['comm']!, groups['pid']!);
}

function addressIn(printed: string): bigint {
  return printed === '(null)' ? 0n : BigInt(`0x${printed}`);
}

/** What the processor says of its last page fault, until user space's own is told of. */
function readFaulted(draft: Draft, address: string): void {
  if (draft.fault !== 'page fault' || draft.reading.isTraced) return;
  if (draft.address === undefined || draft.reading.isAmbiguous) draft.address = addressIn(address);
}

/** mips has a line of it for every exception, of which that of a page fault alone has an address of its own. */
function readBadAddress(draft: Draft, [, address]: RegExpExecArray): void {
  if (draft.access === undefined || !/^Oops\b/.test(draft.first)) return;
  draft.address ??= addressIn(address!);
  if (draft.fault === 'other')
    Object.assign(draft, { fault: 'page fault', what: `page fault at 0x${draft.address.toString(16)}` });
}

/** "Read of size 4 at addr ffff8801c1afdb5c by task …", and without an address in kernels before 4.10. */
function readKasan(draft: Draft, [, how, size, address]: RegExpExecArray): void {
  draft.access ??= how === 'Write' ? 'wrote' : 'read';
  if (size !== undefined) draft.size ??= Number(size);
  if (address !== undefined) draft.address ??= addressIn(address);
}

/** "Use-after-free read at 0xffff88823bc8cf68 (in kfence-#69):" */
function readKfence(draft: Draft, [, how, address]: RegExpExecArray): void {
  if (draft.fault !== 'corruption') return;
  draft.access ??= how === 'write' ? 'wrote' : 'read';
  draft.address ??= addressIn(address!);
}

function readLinked(draft: Draft, [, name, offset]: RegExpExecArray): void {
  draft.linked ??= { function: sourceName(name!), offset: Number.parseInt(offset!, 16) };
}

/** "0xffffffffc0fee000", "[<0000000000000000>]  [<          (null)>]           (null)": none of the kernel's code. */
function readAddress(draft: Draft, where: string): void {
  if (draft.reading.isTraced) return;
  const named = /^\[<([0-9a-f]{16})>\]/.exec(where)?.[1];
  if (named !== undefined) draft.registers['ip'] ??= BigInt(`0x${named}`);
  const bare = /^(?:(?:\[<[0-9a-f]+>\] *){0,2}0x([0-9a-f]{1,16})|(?:\[<0+>\] .*)?\(null\).*)$/.exec(where.trim());
  if (bare !== null) readBare(draft, bare[1] ?? '0');
}

function readBare(draft: Draft, address: string): void {
  if (!draft.reading.isTraced && draft.place === undefined) draft.ip ??= BigInt(`0x${address}`);
}

/** The byte in <> is the first of the instruction that failed. */
function readCode(draft: Draft, bytes: string): void {
  if (draft.reading.hasCode) return;
  draft.reading.hasCode = true;
  const at = bytes.search(/<[0-9a-f]{2}>/);
  if (at < 0) return;
  const values = [...bytes.slice(at).matchAll(/\b[0-9a-f]{2}\b/g)].map(([byte]) => parseInt(byte, 16));
  draft.code = Uint8Array.from(values);
}

/** "acme(OE) virtio_net e1000(P) [last unloaded: foo]" */
function readModules(draft: Draft, list: string): void {
  for (const [, name, letters] of list.matchAll(/(?:^|\s)([\w-]+)\(([A-Z]+)[+-]?\)/g)) draft.taints[name!] ??= letters!;
}
