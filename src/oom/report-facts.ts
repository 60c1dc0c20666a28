import * as known from '../words/known-facts.js';
import { told, type KnownFact, type Told } from '../words/told.js';
import type { Count, OomReport } from './model.js';
import { share } from './quantity.js';
import { readIn } from './sources.js';
import { managedFrom } from './zones.js';

/**
 * Makes the facts of one report. `what` is the kernel's own word for the place, where it is another than the name:
 * "anon-rss of the kill line".
 */
export function factsIn(report: OomReport) {
  return {
    kB: (name: string, value: Count, what = name): KnownFact => known.kB(name, value, readIn(report, what)),
    bytes: (name: string, value: Count, what = name): KnownFact => known.bytes(name, value, readIn(report, what)),
    count: (name: string, value: Count, one: string, what = name): KnownFact =>
      known.count(name, value, one, readIn(report, what)),
    number: (name: string, value: Count, what = name): KnownFact => known.number(name, value, readIn(report, what)),
    pid: (name: string, value: number, what = name): KnownFact =>
      known.number(name, value, readIn(report, what), 'pid'),
    word: (name: string, value: string, what = name): KnownFact => known.word(name, value, readIn(report, what)),
    /** What the report may not have: words of ours in its place. */
    wordOr: (name: string, value: string | undefined, otherwise: string): KnownFact | string =>
      value === undefined ? otherwise : known.word(name, value, readIn(report, name)),
    /** "a.out (pid 52)" */
    task: (name: string, { comm, pid }: { comm: string; pid: number }, what = 'the task table'): Told => {
      const source = readIn(report, what);
      const number = known.number(`${name}.pid`, pid, source, 'pid');
      return told`${known.word(`${name}.comm`, comm, source)} (pid ${number})`;
    },
    /** What `managedKB` gives. */
    managed: (value: number): KnownFact => known.kB('managed', value, readIn(report, managedFrom(report))),
    share: shareOf,
  };
}

/** A fact of two: "95 %". Of nothing there is no share. */
export function shareOf(part: KnownFact, whole: KnownFact): KnownFact {
  const text = share(part.fact.value as Count, whole.fact.value as Count);
  const percent = (Number(part.fact.value) / Number(whole.fact.value)) * 100;
  const value = Number.isFinite(percent) ? { value: percent, unit: 'percent' as const } : { value: text };
  return { name: `${part.name} share`, fact: { ...value, source: `${part.name} / ${whole.name}` }, text };
}
