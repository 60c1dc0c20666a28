import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { memoryReader } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import { identify, roleOfContent } from '../debuginfo/identify.js';
import type { OomReport } from '../oom/model.js';
import { explainLog } from '../oom/parse/explain.js';
import { reportsInRecords } from '../oom/parse/records.js';
import { defaultValues } from '../plugin/options.js';
import { isPlugin } from '../plugin/define-plugin.js';
import type { AnyPlugin } from '../plugin/registry.js';
import type { Section } from '../plugin/section.js';
import { runOnReports } from '../plugin/run-plugin.js';
import { oneLine } from '../report/escape.js';
import { isEverywhere } from '../report/kernel-threads.js';
import type { NamedTask } from '../report/redact.js';
import { logFormat, makeReport, type DumpFacts } from '../report/report.js';
import { writeReport } from './answer.js';
import { commonFlags, dumpFlags, type CommonValues } from '../app/common-flags.js';
import { isPipe, logFrom } from './log-file.js';
import { inPart, noteOutcome } from './note-outcome.js';
import { factsAfter, openNamed } from '../app/open-named.js';
import { plugins } from '../app/plugins.js';
import { endProgress, progress } from '../app/progress.js';
import { reportTarget } from './write-report.js';
import { judgeOopses } from '../oopstext/judge-oops-text.js';
import { OopsReader } from '../oopstext/oops-reader.js';
import type { OopsText } from '../oopstext/oops-text.js';
import { isImportant } from '../timeline/event.js';
import { TextTimeline } from '../timeline/text-timeline.js';
import { timelineOfRecords, type Timeline } from '../timeline/timeline.js';
import { defined } from '../words/defined.js';
import type { Finding } from '../words/finding.js';

/** `oompm explain`: the reports in a kernel log; a dump is asked for its own log. */
export class Explain extends Command {
  static override id = 'explain';
  static override summary = 'A kernel log: its OOM reports, its first oops, and what happened';
  static override usage = ['explain LOG|- [--event N]', 'explain VMCORE [VMLINUX] [--event N]'];
  static override examples = [
    'oompm explain dmesg.txt',
    'journalctl -k | oompm explain -',
    'oompm explain /var/log/messages --event 2',
    'oompm explain vmcore -o report.html',
  ];
  static override args = {
    log: Args.string({
      ignoreStdin: true,
      description: 'a text with what a kernel printed, - for standard input, or a dump',
    }),
  };
  static override flags = {
    event: Flags.integer({
      char: 'e',
      min: 1,
      helpValue: 'N',
      summary: 'this event, by its number in the list of events',
    }),
    ...commonFlags,
  };
  static override strict = false;

  async run(): Promise<void> {
    const { argv, flags, metadata } = await this.parse(Explain);
    const common = flags as CommonValues;
    const words = argv as string[];
    const target = await reportTarget(common, words);
    const [path = '-', ...more] = words.length === 0 && process.stdin.isTTY ? [undefinedLog()] : words;
    const role = path === '-' || isPipe(path) ? 'other' : identify(path);
    // A kernel may stand before its dump.
    const isDump = role === 'dump' || (role === 'vmlinux' && more.length > 0);
    const forDump = isDump
      ? undefined
      : Object.keys(dumpFlags).find((name) => name in flags && metadata.flags[name]?.setFromDefault !== true);
    if (forDump !== undefined) {
      const flag = flags[forDump as keyof typeof dumpFlags] === false ? `--no-${forDump}` : `--${forDump}`;
      const text = path === '-' ? 'standard input' : path;
      throw new InputError(`explain: ${flag} is of use with a dump, and ${text} is a text; leave it out`);
    }
    const { reports, timeline, facts, name, tasks, unread, ending, ends } = isDump
      ? await readDump(words, common)
      : await readLog(path, more);
    const sections: Section[] = [];
    // Of a log that could not be read whole nobody can say that there was nothing in it.
    const isSilent = reports.length === 0 && unread !== undefined;
    for (const plugin of isSilent ? [] : await explainers()) {
      const values = {
        ...defaultValues(plugin.flags, plugin.arguments),
        ...defined({ event: flags.event }),
      };
      if (!isPlugin(plugin)) sections.push(await (await plugins()).runner!.run(plugin, values, { reports, timeline }));
      else {
        const section = runOnReports(plugin, { reports, timeline }, values);
        // What has nothing to say of this log has no section.
        if (section.views.length > 0 || section.outcome.kind !== 'done') sections.push(section);
      }
    }
    if (ends.length > 0) sections.unshift(endSection(ends));
    const unfit = sections.find(({ plugin, outcome }) => plugin === 'oom' && outcome.kind === 'unavailable');
    if (unfit?.outcome.kind === 'unavailable') throw new InputError(unfit.outcome.reason);
    await writeReport(makeReport(this.config.version, facts, sections, 'part'), common, target, tasks);
    await noteOutcome(sections, { defects: facts.defects });
    if (unread !== undefined)
      inPart(`${name} could not be read whole${isSilent ? ', and what is there has no report' : ''}: ${unread}`);
    // A log that tells of an oops or a panic, or a dump's own, was read, and holds none: that is the answer. Another
    // text may be the wrong one, or not all of it.
    if (reports.length === 0 && ends.length > 0) return;
    if (reports.length === 0 && ending !== undefined)
      process.stderr.write(`oompm: ${name} has no memory event; what it tells of is: ${oneLine(ending)}\n`);
    else if (reports.length === 0 && !isDump && !timeline.events.some(isImportant))
      inPart(
        `${name} has no report of an OOM kill, of a failed page allocation or of sysrq-m; ` +
          'explain takes what a kernel printed, as dmesg and journalctl -k show it',
      );
  }
}

/** How it ended, as the log's oopses tell it; or what else the kernel reported. */
function endSection(findings: readonly Finding[]): Section {
  const [title, heading] = findings.some(({ id }) => id === 'log.oops')
    ? ['How it ended, by the log', 'The end']
    : ['What the kernel reported', 'The report'];
  return {
    plugin: 'oops',
    title,
    outcome: { kind: 'done' },
    views: [{ kind: 'findings', id: 'findings', title: heading, findings }],
    gaps: [],
  };
}

function undefinedLog(): never {
  throw new InputError('explain needs a log: oompm explain dmesg.txt, or journalctl -k | oompm explain -');
}

/** The bundled plugin oom, and what a user has. */
async function explainers(): Promise<readonly AnyPlugin[]> {
  return (await (await plugins()).registry.all()).filter((plugin) =>
    isPlugin(plugin) ? plugin.explain !== undefined : plugin.explains,
  );
}

interface ReadLog {
  reports: readonly OomReport[];
  timeline: Timeline;
  facts: DumpFacts;
  /** For a sentence. */
  name: string;
  /** What its oopses say. */
  ends: readonly Finding[];
  /** Of a dump's log, the first line of an oops or a panic; a log's oopses are told in full. */
  ending?: string | undefined;
  /** Why not all of a dump's log could be read. */
  unread?: string | undefined;
  /** Tasks whose names are to be hidden: a dump's, and of a log those that its oopses name, beside its tables'. */
  tasks?: readonly NamedTask[];
}

/** What the dump's own kernel said in its log. */
async function readDump(words: readonly string[], flags: CommonValues): Promise<ReadLog> {
  const [opened, { kernelRecords, logHoles }] = await Promise.all([
    openNamed('explain', words, flags),
    import('../linux/printk/kernel-records.js'),
  ]);
  if (opened.rest.length > 0) throw new InputError(`explain takes one log; ${opened.rest[0]} is too much`);
  progress('log');
  try {
    const { kernel } = opened.session;
    const records = kernelRecords(kernel);
    const reports = reportsInRecords(records);
    return {
      reports,
      timeline: timelineOfRecords(records, reports),
      ending: records.map(({ text }) => endingIn(text)).find((line) => line !== undefined),
      // Of a dump `analyze` tells how it ended, from more than its log.
      ends: [],
      unread: logHoles(kernel)[0]?.reason,
      facts: factsAfter(opened),
      name: `the log in ${opened.facts.files.join(' ')}`,
      tasks: opened.tasks,
    };
  } finally {
    opened.session.close();
    endProgress();
  }
}

function tasksOf(oopses: readonly OopsText[]): NamedTask[] {
  const comms = new Set(oopses.map(({ comm }) => comm).filter((comm) => comm !== undefined));
  return [...comms].map((comm) => ({ comm, isKernelThread: isEverywhere(comm) }));
}

const firstBytes = 4096;

/** @throws InputError where it begins as a dump or a kernel does: their strings read like a report's. */
async function* refuseBinary(name: string, source: ReturnType<typeof logFrom>): AsyncGenerator<Uint8Array> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of typeof source === 'string' || source instanceof Uint8Array ? [source] : source) {
    const bytes: Buffer =
      typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (start === undefined) {
      yield bytes;
      continue;
    }
    start = Buffer.concat([start, bytes]);
    if (start.length < firstBytes) continue;
    yield logBeginning(name, start);
    start = undefined;
  }
  if (start !== undefined && start.length > 0) yield logBeginning(name, start);
}

function logBeginning(name: string, start: Buffer): Buffer {
  switch (roleOfContent(memoryReader(start))) {
    case 'dump':
      throw new InputError(
        `${name} is a dump, not a log; explain reads a dump from a file that is not packed: oompm explain VMCORE`,
      );
    case 'vmlinux':
      throw new InputError(
        `${name} is a kernel or another program, not a log; name the dump, whose own log is read: oompm explain VMCORE`,
      );
    default:
      return start;
  }
}

/** How an oops, a BUG and a panic begin; with what the longest line has that still reads as one. */
function endingIn(line: string): string | undefined {
  return /(?:BUG: |Oops: |Internal error: |general protection fault|Kernel panic - not syncing: ).{0,160}/.exec(
    line,
  )?.[0];
}

interface Looked {
  bytes: number;
  isKernels: boolean;
  readonly events: TextTimeline;
}

/** What dmesg, with and without -T, syslog, the journal and pstore put before the kernel's lines. */
const kernelsMark = /\[ *\d+\.\d+\]|\bkernel\b|^\[\w{3} \w{3} +\d+ \d\d:|^<\d+>|^Oops|^Panic/m;

async function* lookedAt(source: AsyncIterable<Uint8Array>, looked: Looked): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  for await (const piece of source) {
    looked.bytes += piece.length;
    const text = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1');
    looked.events.take(decoder.decode(piece, { stream: true }));
    looked.isKernels ||= kernelsMark.test(text);
    yield piece;
  }
}

async function readLog(path: string, more: readonly string[]): Promise<ReadLog> {
  if (more.length > 0) throw new InputError(`explain takes one log; ${more[0]} is too much`);
  const name = path === '-' ? 'standard input' : path;
  progress(`reading ${name}`);
  const reports: OomReport[] = [];
  const defects: string[] = [];
  const oopses = new OopsReader();
  const looked: Looked = { bytes: 0, isKernels: false, events: new TextTimeline(oopses) };
  for await (const report of explainLog(lookedAt(refuseBinary(name, logFrom(path, defects)), looked)))
    reports.push(report);
  endProgress();
  if (looked.bytes === 0 && defects.length === 0)
    throw new InputError(`${name} is empty; explain takes what dmesg or journalctl -k shows`);
  const timeline = looked.events.end(reports);
  const logged = oopses.end();
  const told = judgeOopses(logged, looked.events.lines);
  const ends = told.map(({ finding }) => finding);
  // What is read as a report of the kernel's needs no stamp to be one.
  if (reports.length === 0 && ends.length === 0 && !looked.isKernels && defects.length === 0)
    throw new InputError(
      `${name} is no kernel log: no line has a time stamp or prefix of the kernel's; explain takes what dmesg or journalctl -k shows`,
    );
  const last = reports.at(-1);
  return {
    reports,
    timeline,
    ends,
    name,
    tasks: tasksOf([...logged.oopses, ...logged.survived]),
    facts: {
      files: [name],
      format: logFormat,
      defects,
      architecture: last?.kernel.architecture ?? (told[0]?.oops ?? logged).architecture ?? 'of unknown architecture',
      release: last?.kernel.release ?? told[0]?.oops.release ?? logged.release ?? 'of unknown release',
      ...defined({ host: last?.kernel.host }),
      pageSize: (last?.pageSizeKB ?? 4) * 1024,
    },
  };
}
