import { derivedCertainty, type Certainty, type Premise } from './certainty.js';
import { defined } from './defined.js';
import type { Subject } from './subject.js';
import { factsOf, type Facts, type Told } from './told.js';
import { weighed, weightOf, type CaseOf, type FindingId } from './weights.js';

/** What Enter on a value opens: an address with the type that stands there. */
export interface Door {
  /** 'struct task_struct' */
  readonly type: string;
  readonly address: bigint;
}

/** A conclusion: one sentence, what it is about, what it rests on, how sure it is, and which moment it speaks of. */
export interface Finding {
  /** Stable: 'oom.watermark'. */
  readonly id: string;
  /** 0 to 100: how much it explains of why the machine died; orders findings across plugins. */
  readonly weight: number;
  readonly certainty: Certainty;
  /** The moment it speaks of: the OOM report's, the dump's, or that of a log. */
  readonly moment: Moment;
  /** What it is about. */
  readonly subject?: Subject;
  /**
   * Which problem it tells of, in words without numbers: the same however the machine ended of it. Where it is left
   * out, the id and the subject say which.
   */
  readonly problem?: string;
  /** One sentence that an operator can act on. */
  readonly sentence: string;
  /** The same in fewer words, for the paragraph at the top where another finding tells the rest. */
  readonly brief?: string;
  /** What it rests on, with its arithmetic, a line each. */
  readonly evidence: readonly string[];
  /**
   * The values that it tells, each as it was read, with where. Names are of what is counted ('memory.usage'), never of
   * the machine's own things.
   */
  readonly facts?: Facts;
  /** Other conclusions and assumptions that it rests on: it is no surer than the least sure of them. */
  readonly restsOn?: readonly Premise[];
  /** What was looked at for it and could not be read: it is a step less sure for that. */
  readonly unread?: readonly string[];
  readonly doors?: readonly Door[];
  /** Where it is told in full: ids of the plugin's own views, or 'ps/tasks' for another plugin's. */
  readonly views?: readonly string[];
}

/** report: when the OOM report was made; dump: when the machine stopped; log: what a log tells, without a dump. */
export type Moment = 'report' | 'dump' | 'log';

/** "at the OOM report" */
export const momentInWords: Readonly<Record<Moment, string>> = {
  report: 'at the OOM report',
  dump: 'in the dump',
  log: 'in the log',
};

/** A kind of finding, declared beside the code that finds it; docs/findings.md is made of these. */
export interface FindingKind<Id extends FindingId = FindingId> {
  readonly id: Id;
  /** What it says, in a sentence. */
  readonly meaning: string;
  /** Under which conditions, in a sentence. */
  readonly when: string;
  readonly moment: Moment;
  /** How sure it is where all that it rests on is certain and could be read. */
  readonly step: Certainty;
}

/** The declaration, with its id known to the compiler. */
export function findingKind<const Id extends FindingId>(kind: FindingKind<Id>): FindingKind<Id> {
  return kind;
}

/** What is said of one case of a kind; sentence and evidence are made of facts. */
export interface Claim {
  readonly subject: Subject;
  readonly problem?: string | undefined;
  readonly sentence: Told;
  readonly brief?: string | undefined;
  /** Which part of all memory it accounts for, 0 to 1: the kind's weight is that of all of it. */
  readonly share?: number;
  readonly evidence: readonly (string | Told)[];
  readonly restsOn?: readonly Premise[];
  readonly doors?: readonly Door[];
}

/** A finding of a kind. `of` says which of its cases it is, where they differ in weight. */
export function conclude<Id extends FindingId>(
  kind: FindingKind<Id>,
  { subject, problem, sentence, brief, share, evidence, restsOn = [], doors }: Claim,
  ...of: CaseOf<Id>
): Finding {
  return {
    id: kind.id,
    weight: weighed(weightOf(kind.id, ...of), share),
    certainty: derivedCertainty(kind.step, restsOn),
    moment: kind.moment,
    subject,
    ...defined({ problem }),
    sentence: sentence.text,
    ...defined({ brief }),
    evidence: evidence.map((line) => (typeof line === 'string' ? line : line.text)),
    facts: factsOf([sentence, ...evidence]),
    ...(restsOn.length === 0 ? {} : { restsOn }),
    ...defined({ doors }),
  };
}
