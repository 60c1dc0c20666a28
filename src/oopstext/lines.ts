import type { Place } from '../timeline/event.js';
import { frameIn, readReportLine } from '../timeline/report-lines.js';
import type { OopsText } from './oops-text.js';

/** A report as it is read: what is settled by a first line is not changed by a later one. */
export type Draft = {
  -readonly [K in keyof Omit<OopsText, 'registers' | 'trace' | 'taints' | 'last'>]: OopsText[K];
} & {
  registers: Record<string, bigint>;
  trace: Place[];
  taints: Record<string, string>;
  /** Behind the registers of the exception come those of what it interrupted. */
  isTraced: boolean;
  hasCode: boolean;
};

/** Registers of x86_64; those of 32 bits have other names. */
const register = /\b(R(?:[ABCD]X|[SD]I|BP|SP|0?[89]|1[0-5])): ?(?:[0-9a-f]{4}:)?([0-9a-f]{16})\b/g;

function registerName(printed: string): string {
  return /^R\d/.test(printed) ? printed.toLowerCase().replace(/^r0/, 'r') : printed.slice(1).toLowerCase();
}

/** The address of a fault, in the first lines alone. */
const faultAddress = new RegExp(
  [
    /^(?:BUG: |Unable to handle |(?:Oops: )?general protection fault).*?/,
    /(?:address:?|(?:dereference|request|read|write) at)[ :]+(?:0x)?([0-9a-f]{4,16}\b|\(null\))/,
  ]
    .map(({ source }) => source)
    .join(''),
);

type Reader = (draft: Draft, match: RegExpExecArray) => void;

/** What a line of a report tells beside who and where, by its form; a line may be of several. */
const forms: readonly (readonly [RegExp, Reader])[] = [
  [/^(?:Oops: )+([0-9a-f]{4}) \[#/, (draft, [, code]) => (draft.access ??= accessIn(parseInt(code!, 16)))],
  [faultAddress, (draft, [, address]) => (draft.address ??= address === '(null)' ? 0n : BigInt(`0x${address}`))],
  [/^[Kk]ernel BUG at ([^!\s]+:\d+)!?/, (draft, [, source]) => (draft.source ??= source!)],
  [/^WARNING: (?:CPU: \d+ PID: \d+ )?(?:at )?(\S+:\d+) /, (draft, [, source]) => (draft.source ??= source!)],
  [/soft lockup - CPU#\d+ stuck for (\d+)s!/, (draft, [, seconds]) => (draft.seconds ??= Number(seconds))],
  [/^CPU (\d+)\s*$/, (draft, [, cpu]) => (draft.cpu ??= Number(cpu))],
  [/^Modules linked in: (.*)/, (draft, [, list]) => readModules(draft, list!)],
  [/^Process (\S.{0,15}?) \(pid: (\d+),/, (draft, [, comm, pid]) => setTask(draft, comm!, pid!)],
  [/^TASK = [0-9a-f]+\[(\d+)\] '([^']{1,16})'/, (draft, [, pid, comm]) => setTask(draft, comm!, pid!)],
  // Of user space's own RIP, behind a system call's entry, nothing is said.
  [/^RIP: 00(?:10|60):(.*)/, (draft, [, where]) => readAddress(draft, where!)],
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
  // A place in the trace is of what the exception interrupted; of a call to what is no code there is none.
  readReportLine(text, draft, draft.isTraced || draft.ip !== undefined ? 'who' : 'die');
  for (const [pattern, read] of forms) {
    const match = pattern.exec(text);
    if (match !== null) read(draft, match);
  }
  if (draft.isTraced) return traceLine(draft, text);
  for (const [, name, value] of text.matchAll(register)) draft.registers[registerName(name!)] ??= BigInt(`0x${value}`);
}

/** No report's stack is longer. */
const mostFrames = 512;

function traceLine(draft: Draft, text: string): void {
  const frame = draft.trace.length < mostFrames ? frameIn(text) : undefined;
  if (frame === undefined) return;
  if (frame.isSure) draft.trace.push(frame.place);
  else draft.scanned ??= frame.place;
}

function setTask(draft: Draft, comm: string, pid: string): void {
  draft.comm ??= comm;
  draft.pid ??= Number(pid);
}

/** "0xffffffffc0fee000", "[<0000000000000000>]  [<          (null)>]           (null)": none of the kernel's code. */
function readAddress(draft: Draft, where: string): void {
  if (draft.isTraced) return;
  const named = /^\[<([0-9a-f]{16})>\]/.exec(where)?.[1];
  if (named !== undefined) draft.registers['ip'] ??= BigInt(`0x${named}`);
  if (draft.place !== undefined || draft.ip !== undefined) return;
  const bare = /^(?:0x([0-9a-f]{1,16})|\[<0+>\] .*\(null\).*)$/.exec(where.trim());
  if (bare !== null) draft.ip = BigInt(`0x${bare[1] ?? '0'}`);
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
