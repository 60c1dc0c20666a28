import type { OomReport } from '../oom/model.js';
import { defined } from '../words/defined.js';
import { EventReader, type TimelineLine } from './event-reader.js';
import type { TimelineEvent } from './event.js';
import { withoutHeralds } from './machine-check-events.js';
import { oomEvent } from './oom-events.js';
import { withEnd } from './outcomes.js';

/** What happened to a machine, by its log. */
export interface Timeline {
  /** In the log's order. */
  readonly events: readonly TimelineEvent[];
  /** The first stamp, where the log does not begin with the boot: what was before is gone. */
  readonly beginsNs?: number;
  /** The last stamp. */
  readonly lastNs?: number;
  /** Events beyond those that are kept. */
  readonly dropped: number;
}

/** A record of a kernel's log buffer. */
export interface TimelineRecord {
  readonly text: string;
  readonly timeNs?: number;
  /** 0 is the kernel's. */
  readonly facility: number;
  readonly caller?: string;
}

/** Stamps of the first half second: a log whose first line has one may have lost nothing that tells. */
const atBoot = 0.5e9;

/** Gathers lines; `end` makes a timeline of them and of what the OOM parser has found in the same lines. */
export class TimelineBuilder {
  readonly #reader = new EventReader();
  #firstNs: number | undefined;
  #lastNs: number | undefined;
  #hasBoot = false;
  #isInOrder = true;

  get isHungry(): boolean {
    return this.#reader.isHungry;
  }

  take(line: TimelineLine): void {
    this.#reader.take(line);
    if (line.timeNs === undefined) return;
    if (this.#firstNs === undefined) this.#hasBoot = line.timeNs < atBoot || line.text.startsWith('Linux version ');
    this.#firstNs ??= line.timeNs;
    // Of pieces of a log, as mails have them, the first stamp says nothing.
    if (line.timeNs < this.#firstNs) this.#isInOrder = false;
    this.#lastNs = line.timeNs;
  }

  /** Of a line that was not taken, when it was. */
  passed({ timeNs }: { readonly timeNs?: number }): void {
    if (timeNs !== undefined) this.#lastNs = timeNs;
  }

  end(reports: readonly OomReport[]): Timeline {
    const { events, dropped } = this.#reader;
    const beginsNs = this.#hasBoot || !this.#isInOrder ? undefined : this.#firstNs;
    return {
      events: withEnd(withoutHeralds(merged(events, reports))),
      dropped,
      ...defined({ beginsNs, lastNs: this.#lastNs }),
    };
  }
}

/** The timeline of a kernel's own records; `reports` are those of the OOM parser over the kernel's own among them. */
export function timelineOfRecords(records: Iterable<TimelineRecord>, reports: readonly OomReport[]): Timeline {
  const builder = new TimelineBuilder();
  let number = 1;
  for (const { text, timeNs, facility, caller } of records) {
    const isForeign = facility !== 0;
    let isFirst = true;
    for (const part of text.split('\n')) {
      builder.take({
        text: part.trim(),
        isForeign,
        ...defined({ timeNs, caller, number: isForeign ? undefined : number++ }),
        ...(isFirst ? {} : { continues: true }),
      });
      isFirst = false;
    }
  }
  return builder.end(reports);
}

/** By the lines where they stand: both are in their order. */
function merged(events: readonly TimelineEvent[], reports: readonly OomReport[]): TimelineEvent[] {
  const all: TimelineEvent[] = [];
  let next = 0;
  for (const report of reports) {
    const first = report.lines?.first ?? 0;
    while (next < events.length && (events[next]!.lines?.first ?? 0) < first) all.push(events[next++]!);
    const event = oomEvent(report, all.at(-1)?.boot ?? 0);
    if (event !== undefined) all.push(event);
  }
  return [...all, ...events.slice(next)];
}
