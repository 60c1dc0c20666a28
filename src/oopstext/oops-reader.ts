import type { LineTaker } from '../timeline/text-timeline.js';
import type { Place } from '../timeline/event.js';
import type { TimelineLine } from '../timeline/event-reader.js';
import { frameIn, isFurniture } from '../timeline/report-lines.js';
import { anyOf, anyStart } from '../words/any-of.js';
import { defined } from '../words/defined.js';
import { logStamp } from '../words/log-stamp.js';
import { isCutHere, isEndOfReport } from '../words/report-marks.js';
import { begunIn, type Begun } from './first-line.js';
import { readLine, readWho, type Draft } from './lines.js';
import { Omens } from './omens.js';
import { isOops, type OopsText, type TextArchitecture, type TextFault } from './oops-text.js';
import { isPanicOf } from './panics-of.js';

/** A report is no longer: with all modules and a deep stack it has some 150 lines, an exhausted stack 800. */
const longestReport = 1000;
/** Its own lines follow one another, but for what other CPUs say meanwhile; a panic comes at once behind them. */
const longestPause = 60;
/** Of those that a panic came of, and of those that the machine survived; further ones are counted. */
const mostKept = 64;

/** What checks say that then give up, by how it begins. */
const checked = anyStart([
  /list_(?:add|del)|usercopy: |kernel tried|detected buffer|skbuff: skb_(?:over|under)_panic|refcount_t: /,
  /page dumped because|(?:BTRFS: )?assertion failed|XFS: Assertion failed/,
]);

/** Where a line stands. */
interface At {
  readonly text: string;
  readonly number: number;
  readonly stamp?: string;
  readonly caller?: string;
}

/** What a log has of oopses, panics, and what watchdogs and checks reported. */
export interface LoggedOopses {
  /** Less those without a panic that kill nothing. */
  readonly oopses: readonly OopsText[];
  /** Of each kind of those the first, where no panic came of it. */
  readonly survived: readonly OopsText[];
  /** Of all, those too that are not kept. */
  readonly count: number;
  /** Of the kernel, as its lines have it. */
  readonly release?: string;
  readonly architecture?: TextArchitecture;
}

/** Reads the oopses in a log, by the lines that its timeline reads. */
export class OopsReader implements LineTaker {
  readonly #found: OopsText[] = [];
  readonly #survived = new Map<TextFault, OopsText>();
  readonly #omens = new Omens();
  #count = 0;
  #open: Draft | undefined;
  #ended: { readonly draft: Draft; readonly at: number } | undefined;
  /** A first line of another CPU's, whose report comes behind the one that is open. */
  #waiting: { readonly begun: Begun; readonly at: At } | undefined;
  #release: string | undefined;
  #architecture: TextArchitecture | undefined;
  /** The last two lines. */
  #before: readonly TimelineLine[] = [];
  /** Whether the last one was there twice, and the one before it. */
  #wasTwice = { last: false, before: false };

  get isHungry(): boolean {
    return this.#open !== undefined || this.#ended !== undefined || isCutHere(this.#before.at(-1)?.text ?? '');
  }

  take(line: TimelineLine): void {
    const { text, number = 0, timeNs, clock, caller, isForeign } = line;
    if (isForeign) return;
    const open = this.#open;
    if (open !== undefined && (number - open.line > longestReport || number - open.reading.own > longestPause))
      this.#close(number);
    // Where the log tells callers, another's lines stand between those of a report.
    if (this.#open?.reading.caller !== undefined && caller !== undefined && this.#open.reading.caller !== caller)
      return;
    if (this.#isThereTwice(line)) return;
    this.#omens.take(text, number);
    const begun = begunIn(text);
    const at = { text, number, ...defined({ stamp: timeNs === undefined ? clock : logStamp(timeNs), caller }) };
    if (begun !== undefined) this.#begin(begun, at);
    else if (this.#open !== undefined) {
      this.#message(this.#open, at);
      readLine(this.#open, text, number);
      if (isEndOfReport(text)) this.#close(number);
    } else if (this.#ended !== undefined) {
      // Where a report is cut short, the panic's own lines tell who it was.
      if (this.#ended.draft.panic !== undefined && number - this.#ended.at <= linesToTask)
        readWho(this.#ended.draft, text);
      if (number - this.#ended.at > longestPause) this.#settle();
    }
    this.#before = [...this.#before.slice(-1), line];
  }

  /**
   * What a console and a log have both. A trace may have a frame over and over at one stamp by itself: it is there
   * twice only where the line before was.
   */
  #isThereTwice({ text, timeNs }: TimelineLine): boolean {
    const [, last] = this.#before;
    const { last: wasLast, before } = this.#wasTwice;
    const isSame = !wasLast && timeNs !== undefined && last?.timeNs === timeNs && last.text === text && text !== '';
    const isTwice = isSame && (before || frameIn(text) === undefined);
    this.#wasTwice = isTwice ? { last: true, before } : { last: false, before: wasLast };
    return isTwice;
  }

  end(): LoggedOopses {
    this.#close(Infinity);
    this.#settle();
    return {
      oopses: this.#found,
      survived: [...this.#survived.values()],
      count: this.#count,
      ...defined({ release: this.#omens.release ?? this.#release, architecture: this.#architecture }),
    };
  }

  #begin(begun: Begun, at: At): void {
    const { fault, isDeath, said } = begun;
    const { text, number } = at;
    const open = this.#open;
    if (fault === 'hard lockup' && open?.place?.function === watchdogs) {
      open.reason ??= text;
      return readLine(open, text, number);
    }
    // "rcu: rcu_preempt kthread starved for 10492 jiffies!" stands between the lines of one.
    if (fault === 'rcu stall' && open?.fault === fault && number - open.line < linesToStarved)
      return readLine(open, text, number);
    // Of one that no number followed nothing is said: a program's.
    const isAnother = begun.isTentative && open?.reading.isTentative === true && open.number === undefined;
    if (isDeath && !isAnother && open?.reading.isDeath === true && !open.reading.isTraced) {
      // "Oops: 0002 [#1]" and "invalid opcode: 0000 [#1]" belong to the line that came before.
      if (open.number === undefined) {
        if (open.fault === 'other' && fault !== 'other') Object.assign(open, { fault, what: said.what });
        // Two CPUs fault at once: which of them goes on, its registers tell.
        if (open.address !== undefined && open.fault === fault && said.number === undefined) {
          open.reading.isAmbiguous = true;
          Object.assign(open, { first: text, line: number });
        }
        return readLine(open, text, number);
      }
      if (said.number === undefined) {
        this.#waiting = { begun, at };
        return;
      }
    }
    if (fault === 'panic') {
      const message = said.message ?? '';
      const dead = open ?? this.#ended?.draft;
      if (dead !== undefined && isPanicOf(dead.fault, message)) {
        dead.panic ??= message.trim();
        dead.reading.own = number;
        // With panic_on_warn a WARN() has no stack of its own: the panic's is of both.
        if (open !== undefined && open.fault === 'warning' && !open.reading.isTraced) return;
        // What follows is the panic's own stack.
        if (open === undefined) this.#ended = { draft: dead, at: number };
        return this.#close(number);
      }
      if (dead?.fault !== 'panic' && this.#ofLastDeath(message, number)) return this.#close(number);
    }
    this.#close(number);
    this.#settle();
    const waiting = said.number === undefined ? undefined : this.#waiting;
    this.#waiting = undefined;
    this.#open = waiting === undefined ? this.#draft(begun, at) : this.#draft(waiting.begun, waiting.at);
    if (waiting !== undefined) readLine(this.#open, text, number);
  }

  /** A task that dies of an oops breaks rules as it goes, which are reported before the panic. */
  #ofLastDeath(panic: string, number: number): boolean {
    const last = this.#found.at(-1);
    if (last === undefined || last.panic !== undefined || !isPanicOf(last.fault, panic)) return false;
    // Where the console's own locks are amiss, lockdep reports that in the midst of an oops, at any length.
    const pause = /\bFatal exception/.test(panic) ? longestReport : 2 * longestPause;
    if (number - last.last > pause) return false;
    this.#found[this.#found.length - 1] = { ...last, panic: panic.trim() };
    return true;
  }

  #draft({ fault, isDeath, isTentative, report, said }: Begun, { text, number, stamp, caller }: At): Draft {
    const { what, place, comm, pid, cpu, message } = said;
    const reason = this.#reason(number) ?? (fault === 'panic' ? this.#omens.of(message ?? '', number) : undefined);
    const draft: Draft = {
      fault,
      what,
      first: text,
      line: number,
      registers: {},
      trace: [],
      scanned: [],
      taints: {},
      reading: {
        report,
        isDeath,
        isTentative,
        isTraced: false,
        isOver: false,
        isAmbiguous: false,
        hasCode: false,
        own: number,
        ...defined({ caller }),
      },
      ...defined({ place, comm, pid, cpu, stamp, reason }),
    };
    readLine(draft, text, number);
    return draft;
  }

  /** What stands between "cut here" and the head; before that mark, what a check says. */
  #reason(number: number): string | undefined {
    const [first, last] = this.#before.length === 2 ? this.#before : [undefined, this.#before[0]];
    if (first?.number === undefined || last?.number !== number - 1) return undefined;
    if (isCutHere(last.text))
      return number - first.number <= linesOfReason && checked.test(first.text) ? first.text : undefined;
    return isCutHere(first.text) && first.number === number - 2 ? last.text : undefined;
  }

  /** Until 4.14 a WARN() says behind its head what it is about. */
  #message(open: Draft, { text, number }: At): void {
    if (open.fault !== 'warning' || open.reason !== undefined || text === '' || isFurniture(text)) return;
    if (number - open.line > linesToMessage || !/\(\)(?: \([\w ]{1,40}\))?$/.test(open.first) || open.reading.isTraced)
      return;
    open.reason = text;
  }

  #close(at: number): void {
    if (this.#open === undefined) return;
    this.#settle();
    this.#ended = { draft: this.#open, at: Math.min(at, this.#open.reading.own + 1) };
    this.#open = undefined;
  }

  #settle(): void {
    if (this.#ended === undefined) return;
    const draft = asItIs(this.#ended.draft);
    this.#ended = undefined;
    if (draft.reading.isTentative && draft.number === undefined) return;
    const { reading, ...found } = draft;
    const oops: OopsText = { ...found, last: reading.own };
    this.#count++;
    this.#release ??= found.release;
    this.#architecture ??= found.architecture;
    const isFatal = found.panic !== undefined;
    if (!isFatal && !isOops(found)) {
      if (!this.#survived.has(found.fault)) this.#survived.set(found.fault, oops);
      return;
    }
    const alike = this.#found.filter(({ panic }) => (panic !== undefined) === isFatal);
    if (alike.length < mostKept) this.#found.push(oops);
  }
}

/** Its WARN() says "Watchdog detected hard LOCKUP on cpu 1". */
const watchdogs = 'watchdog_overflow_callback';

/**
 * Until 4.1 the NMI watchdog reports by a WARN() of its own: what it is about is below. RCU's watchdog runs in the
 * interrupt of a timer, and does not always print the registers of what that stopped.
 */
function asItIs(read: Draft): Draft {
  const draft = read.architecture?.startsWith('ppc') === true ? byAddress(read) : read;
  if (draft.fault === 'rcu stall' && draft.place === undefined) {
    const below = interruptedIn(draft.trace);
    const [place] = below;
    return place === undefined ? draft : { ...draft, place, trace: [...below] };
  }
  if (draft.fault !== 'warning' || draft.place?.function !== watchdogs) return draft;
  const { place: _, ...rest } = draft;
  return { ...rest, fault: 'hard lockup', ...defined({ place: draft.interrupted?.place }) };
}

/** powerpc says always where the instruction was, and of a fetch no other address. */
function byAddress(draft: Draft): Draft {
  const { registers, place, access, fault, address, ip } = draft;
  const at = registers['ip'];
  const isOfFetch = fault === 'page fault' && access === 'fetched from';
  return {
    ...draft,
    ...defined({ ip: ip ?? (place === undefined ? at : undefined), address: address ?? (isOfFetch ? at : undefined) }),
  };
}

/** Where an interrupt begins on the stack of what it stopped. */
const INTERRUPT = anyOf(/\w*apic_timer_interrupt\w*|asm_sysvec_\w+|__irq_svc|el1h?_(?:64_)?irq\w*|ret_from_intr/);

/** Who runs below the interrupt of a timer, innermost first; none where the stack is of no interrupt. */
function interruptedIn(trace: readonly Place[]): readonly Place[] {
  const first = trace.findIndex((one) => INTERRUPT.test(one.function));
  if (first < 0) return [];
  const below = trace.slice(first);
  return below.slice(below.findIndex((one) => !INTERRUPT.test(one.function)) >>> 0);
}

/** What a check says may be wrapped. */
const linesOfReason = 5;
/** From a panic's line on. */
const linesToTask = 4;
/** From RCU's first line on: one for each CPU that it waits for. */
const linesToStarved = 40;
/** "Hardware name: …" may stand between. */
const linesToMessage = 3;
