import type { EventName, Gravity } from './event-names.js';
import { withModule, withOffset } from '../words/code-name.js';

/** Where code was: a function, its module where it is one's. */
export interface Place {
  readonly function: string;
  readonly offset?: number;
  readonly module?: string;
}

/** Whose word an event is: the kernel's own, a program's that wrote it into the log, or what memory shows. */
export type Witness = 'kernel' | 'user space' | 'memory';

/** Something that happened to the machine. */
export interface TimelineEvent {
  readonly kind: EventName;
  readonly gravity: Gravity;
  readonly witness: Witness;
  /** Since boot, where the log's stamps count from there. */
  readonly timeNs?: number;
  /** The stamp as it stands, where it is a time of day. */
  readonly clock?: string;
  /** How many boots the text has seen before this one. */
  readonly boot: number;
  /** Of the log, from 1: of a dump's, the kernel's own lines are counted. */
  readonly lines?: { readonly first: number; readonly last: number };
  /** In words: "insmod (195) read address 0x8 in bug+0x5 [hold]". */
  readonly what: string;
  /** What came of it. */
  readonly outcome?: string;
  /** The same of events that are alike: a device, a function, a name. */
  readonly about: string;
  readonly place?: Place;
  /** Who ran into what a check then found: it need not be who did it. */
  readonly foundBy?: Place;
  readonly comm?: string;
  readonly pid?: number;
  readonly cpu?: number;
  /** Of an oops, the kernel's own count of them (die_counter). */
  readonly number?: number;
  /** A WARN() of the kernel's is part of it, which its own count has (warn_count). */
  readonly warned?: true;
  /** Of a machine check, the bank and what stands in its status register. */
  readonly machineCheck?: { readonly bank: number; readonly status: bigint };
  /** The message of a panic. */
  readonly message?: string;
  /** When it was over, since boot. */
  readonly overNs?: number;
  /** It is how the kernel ended, or what that panic was about. */
  readonly isEnd?: true;
}

/** An event, and those like it that came later. */
export interface FoldedEvent extends TimelineEvent {
  /** With the first. */
  readonly count: number;
  readonly lastNs?: number;
  readonly lastClock?: string;
}

/** "bug+0x5 [hold]" */
export function placeInWords({ function: name, offset, module }: Place): string {
  return withModule(withOffset(name, offset), module);
}

/** "insmod (195)" */
export function taskInWords(comm: string | undefined, pid: number | undefined): string {
  if (comm === undefined) return pid === undefined ? 'a task' : `pid ${pid}`;
  return pid === undefined ? comm : `${comm} (${pid})`;
}

/** "insmod (195): NULL pointer dereference at 0x8 in bug+0x5 [hold]" */
export function eventInWords({ comm, pid, what, place, foundBy, message, kind }: TimelineEvent): string {
  const who = comm === undefined ? '' : `${taskInWords(comm, pid)}: `;
  const found = foundBy === undefined ? '' : `, found in ${placeInWords(foundBy)}`;
  const where = place === undefined ? found : ` in ${placeInWords(place)}`;
  const said = message === undefined || kind === 'panic' ? '' : `: ${message}`;
  return `${who}${what}${where}${said}`;
}

/** Whether it is more than the machine's ordinary life. */
export function isImportant({ gravity }: TimelineEvent): boolean {
  return gravity !== 'notice';
}
