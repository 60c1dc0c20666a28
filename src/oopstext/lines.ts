import { defined } from '../words/defined.js';
import type { OopsText, TextFault, TextPlace } from './oops-text.js';

/** A report as it is read: what is settled by a first line is not changed by a later one. */
export type Draft = {
  -readonly [K in keyof Omit<OopsText, 'registers' | 'trace' | 'taints' | 'last'>]: OopsText[K];
} & {
  registers: Record<string, bigint>;
  trace: TextPlace[];
  taints: Record<string, string>;
  /** Behind the registers of the exception come those of what it interrupted. */
  isTraced: boolean;
  hasCode: boolean;
};

/** How a report begins; what stands in a longer line that still reads as one. Each is one kind of first line. */
const begins: readonly (readonly [RegExp, TextFault])[] = [
  [/^BUG: (?:\S+ )?stack guard page was hit at/, 'stack guard page'],
  [/^BUG: (?:kernel NULL pointer dereference|unable to handle)/i, 'page fault'],
  [/^Unable to handle kernel /i, 'page fault'],
  [/^general protection fault\b/, 'general protection fault'],
  [/^[Kk]ernel BUG at /, 'bug'],
  [/^WARNING: (?:CPU: \d+ PID: \d+ )?at /, 'warning'],
  [/^divide error: /, 'divide error'],
  [/^invalid opcode: /, 'invalid opcode'],
  [/^Oops: divide error: /, 'divide error'],
  [/^Oops: general protection fault\b/, 'general protection fault'],
  [/^Oops: invalid opcode: /, 'invalid opcode'],
  [/^(?:watchdog: )?BUG: soft lockup - CPU#/, 'soft lockup'],
  [/^Kernel panic - not syncing: /, 'panic'],
  [/^(?:Oops|Internal error|double fault|PANIC: double fault)[: ]/, 'other'],
];

/** What the line begins, if it begins a report. */
export function faultBegun(text: string): TextFault | undefined {
  return begins.find(([pattern]) => pattern.test(text))?.[1];
}

const NAME = String.raw`(?<function>[A-Za-z_.$][\w.$]*)\+0x(?<offset>[0-9a-f]+)\/0x[0-9a-f]+(?: \[(?<module>[\w-]+)[^\]]*\])?`;
const named = new RegExp(NAME);
const traced = new RegExp(String.raw`^(?:\[<[0-9a-f]+>\] ?)?(?<scanned>\? ?)?(?:\([^)]*\) ?)?${NAME}`);

function placeIn(text: string): TextPlace | undefined {
  return placeOf(named.exec(text)?.groups);
}

function placeOf(groups: Readonly<Record<string, string | undefined>> | undefined): TextPlace | undefined {
  const name = groups?.['function'];
  if (name === undefined) return undefined;
  // What a compiler appended is none of the source's.
  const own = name.replace(/\.(?:constprop|isra|part|cold|llvm)\b.*$/, '');
  const offset = groups!['offset'];
  return {
    function: own,
    ...defined({ offset: offset && parseInt(offset, 16), module: groups!['module'] }),
  } as TextPlace;
}

/** Registers of x86_64 and of 32 bits, by the names of `struct pt_regs`. */
const register = /\b([RE](?:[ABCD]X|[SD]I|BP|SP)|R(?:0?[89]|1[0-5])): ?([0-9a-f]{16}|[0-9a-f]{8})\b/gi;

function registerName(printed: string): string {
  const low = printed.toLowerCase();
  return /^r\d/.test(low) ? low.replace(/^r0/, 'r') : low.slice(1);
}

type Reader = (draft: Draft, match: RegExpExecArray, text: string) => void;

/** What a line of a report tells, by its form; a line may be of several. */
const forms: readonly (readonly [RegExp, Reader])[] = [
  [/\[#(\d{1,6})\]/, (draft, [, number]) => (draft.number ??= Number(number))],
  [/^(?:Oops: )+([0-9a-f]{4}) \[#/, (draft, [, code]) => (draft.access ??= accessIn(parseInt(code!, 16)))],
  [
    /(?:address:?|at virtual address|dereference at|request at(?: address)?|was hit at|non-canonical address)[ :]+(?:0x)?([0-9a-f]{4,16})\b/,
    (draft, [, address]) => (draft.address ??= BigInt(`0x${address}`)),
  ],
  [/^[Kk]ernel BUG at ([^!\s]+:\d+)!?/, (draft, [, source]) => (draft.source ??= source!)],
  [/^WARNING: (?:CPU: \d+ PID: \d+ )?at (\S+:\d+) /, (draft, [, source]) => (draft.source ??= source!)],
  [/^WARNING: .* at \S+:\d+ (\S+)/, (draft, _, text) => settle(draft, 'place', placeIn(text))],
  [
    /\bCPU: (\d+)(?: UID: \d+)? PID: (\d+) Comm: (.{1,16}?) (?:Not tainted|Tainted:|Kdump:)/,
    (draft, [, cpu, pid, comm]) => {
      draft.cpu ??= Number(cpu);
      draft.pid ??= Number(pid);
      draft.comm ??= comm!;
    },
  ],
  [
    /^Pid: (\d+), comm: (.{1,16}?) (?:Not tainted|Tainted:|veid)/,
    (draft, [, pid, comm]) => {
      draft.pid ??= Number(pid);
      draft.comm ??= comm!;
    },
  ],
  [
    /soft lockup - CPU#(\d+) stuck for (\d+)s! \[(.{1,16}):(\d+)\]/,
    (draft, [, cpu, seconds, comm, pid]) => {
      draft.cpu ??= Number(cpu);
      draft.seconds ??= Number(seconds);
      draft.comm ??= comm!;
      draft.pid ??= Number(pid);
    },
  ],
  [/^CPU (\d+)\s*$/, (draft, [, cpu]) => (draft.cpu ??= Number(cpu))],
  [/^Modules linked in: (.*)/, (draft, [, list]) => readModules(draft, list!)],
  [/^Process (\S.{0,15}?) \(pid: (\d+),/, (draft, [, comm, pid]) => setTask(draft, comm!, pid!)],
  [/^TASK = [0-9a-f]+\[(\d+)\] '([^']{1,16})'/, (draft, [, pid, comm]) => setTask(draft, comm!, pid!)],
  // Of user space's own RIP, behind a system call's entry, nothing is said.
  [/^(?:RIP|EIP)(?: is at|: 00(?:10|60):)(.*)/, (draft, [, where]) => readPlace(draft, where!)],
  [/^(?:IP:|PC is at|pc :|NIP |epc :)(.*)/, (draft, [, where]) => readPlace(draft, where!)],
  [/^Code: (.*)/, (draft, [, bytes]) => readCode(draft, bytes!)],
  [/^(?:Call Trace|Backtrace|Call trace):/, (draft) => void (draft.isTraced = true)],
  [/^Kernel panic - not syncing: (.*)/, (draft, [, panic]) => (draft.panic ??= panic!)],
];

/** X86_PF_WRITE and X86_PF_INSTR. */
function accessIn(code: number): 'read' | 'wrote' | 'fetched from' {
  if ((code & 16) !== 0) return 'fetched from';
  return (code & 2) === 0 ? 'read' : 'wrote';
}

/** Takes what a line of the report tells. */
export function readLine(draft: Draft, text: string): void {
  for (const [pattern, read] of forms) {
    const match = pattern.exec(text);
    if (match !== null) read(draft, match, text);
  }
  if (draft.isTraced) return traceLine(draft, text);
  for (const [, name, value] of text.matchAll(register)) draft.registers[registerName(name!)] ??= BigInt(`0x${value}`);
}

/** No report's stack is longer. */
const mostFrames = 512;

function traceLine(draft: Draft, text: string): void {
  if (draft.trace.length >= mostFrames) return;
  const match = traced.exec(text);
  const place = placeOf(match?.groups);
  if (place === undefined) return;
  if (match?.groups?.['scanned'] === undefined) draft.trace.push(place);
  else draft.scanned ??= place;
}

function settle<K extends keyof Draft>(draft: Draft, member: K, value: Draft[K] | undefined): void {
  if (value !== undefined) draft[member] ??= value;
}

function setTask(draft: Draft, comm: string, pid: string): void {
  draft.comm ??= comm;
  draft.pid ??= Number(pid);
}

/** An address without a name: it is none of the kernel's code, unless the kernel has no names to print. */
function readPlace(draft: Draft, where: string): void {
  if (draft.isTraced || draft.place !== undefined || draft.ip !== undefined) return;
  const place = placeIn(where);
  const bare = /^(?:0x([0-9a-f]{1,16})| *\[<0+>\] .*\(null\).*)$/.exec(where.trim());
  if (place !== undefined) draft.place = place;
  else if (bare !== null) draft.ip = BigInt(`0x${bare[1] ?? '0'}`);
}

/** The byte in <> is the first of the instruction that failed. */
function readCode(draft: Draft, bytes: string): void {
  if (draft.hasCode) return;
  draft.hasCode = true;
  const at = bytes.search(/<[0-9a-f]{2}>/);
  if (at < 0) return;
  const values = [...bytes.slice(at).matchAll(/\b[0-9a-f]{2}\b/g)].map(([byte]) => parseInt(byte, 16));
  draft.code = Uint8Array.from(values);
}

/** "acme(OE) virtio_net e1000(P) [last unloaded: foo]" */
function readModules(draft: Draft, list: string): void {
  for (const [, name, letters] of list.matchAll(/(?:^|\s)([\w-]+)\(([A-Z]+)[+-]?\)/g)) draft.taints[name!] ??= letters!;
}
