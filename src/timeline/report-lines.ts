import { isChecking } from '../faults/checks.js';
import { anyStart } from '../words/any-of.js';
import type { Place } from './event.js';
import { behindName, inOrder, placeIn, type EventKind, type Groups } from './event-kind.js';

/** What the lines of a report of the kernel's say, beside how it begins. */
export interface ReportFacts {
  place?: Place;
  foundBy?: Place;
  comm?: string;
  pid?: number;
  cpu?: number;
  number?: number;
}

/** ".name" is a function's code on ppc64 with descriptors; ":module:name" is how kernels before 2.6.28 print one. */
const code = inOrder(/(?::(?<before>\w+):)?\.?(?<function>[A-Za-z_][\w.$]*)/, behindName).source;

/** Where code was, by the line of each architecture that says so. */
const placeLine = anyStart(
  [
    /[RE]?IP: ?(?:[0-9a-f]{4}:)?(?:[[( ]{0,3}<[0-9a-f]*>[\])]{1,2} {0,2}){0,3}/,
    /[EI]IP is at /,
    // xmon has the address before it.
    /[Pp][Cc] ?: ?(?:[0-9a-f]{8,16}: )?/,
    /PC is at /,
    /NIP(?: \[[0-9a-f]+\])? /,
    /(?:epc|ERA|era) *:?=? ?(?:[0-9a-f]+ )?/,
    /Krnl PSW : [0-9a-f]+ [0-9a-f]+ \(/,
    /IAOQ\[0\]: /,
  ],
  code,
);

/**
 * A frame: "? bug+0x5/0x17 [hold]" is one that may be left of an earlier call, and so is an "(unreliable)" one of
 * powerpc. What a trace crosses stands before it: "<NMI>", "<<EOE>>".
 */
const frameLine = new RegExp(
  [
    /^(?:<{1,2}[\w#/]{2,12}>{1,2} *)?\(?(?:\[<[0-9a-f]+>\] ?|\[[0-9a-f]+\] \[[0-9a-f]+\] )?/.source,
    /(?<scanned>\? )?(?:\([^)]*\) ?)?/.source,
    code,
    /(?<unsure> \(unreliable\))?/.source,
  ].join(''),
);

/** The caller in a line of arm: "[<c0c1>] (panic) from [<c0c2>] (watchdog+0x368/0x3a8)", "panic from watchdog+0x…". */
const callerLine = new RegExp(
  String.raw`^(?:\[<[0-9a-f]+>\] ?\([^()]{1,120}\) from \[<[0-9a-f]+>\] ?\(|[\w.$]{1,120} from )${code}`,
);

/** A frame of a trace; not sure where the kernel found it by scanning. */
export interface Frame {
  readonly place: Place;
  readonly isSure: boolean;
}

/** The frame of a trace that a line has. */
export function frameIn(text: string): Frame | undefined {
  const found = (callerLine.exec(text) ?? frameLine.exec(text))?.groups;
  const place = placeOf(found);
  // What stands before a function is never called: an address of it is no return address.
  if (place?.function.startsWith('__pfx_') === true) return undefined;
  return place && { place, isSure: found?.['scanned'] === undefined && found?.['unsure'] === undefined };
}

/** Where code was, by a line of registers that says so. */
export function codeIn(text: string): Place | undefined {
  return placeOf(placeLine.exec(text)?.groups);
}

function placeOf(found: Groups | undefined): Place | undefined {
  return placeIn({ ...found, module: found?.['module'] ?? found?.['before'] }).place;
}

/** What stands at the top of every task that sleeps; who called these is where it waits. */
const sleeping = inOrder(/^_{0,3}/, {
  of: [
    /(?:io_|preempt_)?schedule|context_switch|switch_to|msleep|usleep/,
    /bit_wait|out_of_line_wait|wait_(?:on_(?:bit|page|buffer)|for_c|woken)|do_wait_for/,
    /(?:percpu_)?(?:rwsem_|down_)|(?:rt_)?mutex_|rtlock|rwbase/,
    /folio_(?:wait|lock)|lock_page/,
  ],
});

/** Who: since 3.11, and before. */
const taskLine =
  /^(?:CPU: (?<cpu>\d+) )?(?:UID: \d+ )?(?:PID|Pid): (?<pid>\d+),? [Cc]omm: (?<comm>.{1,16}?)(?: Kdump: loaded)? (?:Not tainted|Tainted: |\d+\.\d)/;

const number = /^(?:[A-Za-z].{1,160}|: [0-9a-f]{4} )\[#(?<number>\d{1,6})\]/;

/** Takes from a line what it says that was not said yet, as far as such a report is asked for it. */
export function readReportLine(text: string, facts: ReportFacts, report: EventKind['report']): void {
  if (report === 'found') {
    // Before who it was, stacks are of who allocated and freed.
    const by = facts.pid === undefined ? undefined : firstBut(text, isChecking);
    if (by !== undefined) facts.foundBy ??= by;
  } else if (facts.place === undefined && report !== 'who') {
    const place = report === 'stack' ? firstBut(text, (name) => sleeping.test(name)) : codeIn(text);
    if (place !== undefined) facts.place = place;
  }
  if (facts.pid === undefined || facts.cpu === undefined || facts.comm === undefined) {
    const found = taskLine.exec(text)?.groups;
    // Reports of hung tasks and of other CPUs have such a line of who found it; a task may have moved meanwhile.
    if (found !== undefined && isOfSame(facts, found)) {
      facts.pid ??= Number(found['pid']);
      facts.comm ??= found['comm']!;
      if (found['cpu'] !== undefined) facts.cpu ??= Number(found['cpu']);
    }
  }
  if (facts.number === undefined && report === 'die') {
    const found = number.exec(text)?.groups?.['number'];
    if (found !== undefined) facts.number = Number(found);
  }
}

function isOfSame({ pid, cpu }: ReportFacts, line: Groups): boolean {
  if (pid !== undefined) return pid === Number(line['pid']);
  return cpu === undefined || line['cpu'] === undefined || cpu === Number(line['cpu']);
}

/** The place of a frame that is sure, and a module's or of none that stand above it. */
function firstBut(text: string, isAbove: (name: string) => boolean): Place | undefined {
  const frame = frameIn(text);
  if (frame?.isSure !== true) return undefined;
  const { place } = frame;
  return place.module === undefined && isAbove(place.function) ? undefined : place;
}

const furniture =
  /^(?:Modules linked in|CPU: |Pid: |Hardware name|Call [Tt]race|-{3,}|={3,}|Process |[RE]?IP[: ]|Code: |Oops|WARNING: |BUG: |kernel BUG|#PF|PGD )/;

/** What stands around a report and is no message of it. */
export function isFurniture(text: string): boolean {
  return furniture.test(text);
}

/** "note: insmod[195] exited with irqs disabled": make_task_dead() of what an oops killed. */
export const diedNote = /^note: (?<comm>.{1,16})\[(?<pid>\d+)\] exited with (?<how>irqs disabled|preempt_count \d+)/;
