import { expect } from 'vitest';

import { judgeOopses, OopsReader } from '../../src/oopstext/index.js';
import type { OopsText } from '../../src/oopstext/oops-text.js';
import { placeInWords } from '../../src/timeline/event.js';
import { TextTimeline } from '../../src/timeline/text-timeline.js';

/** What a text states, by reading it: what is not here is in no line of it. */
export interface Facts {
  /** The id of the first finding, null where the text is none of them. */
  readonly first: string | null;
  readonly fault: string | null;
  readonly certainty?: string;
  readonly kernel?: string;
  readonly taint?: string;
  /** Of its first line; left out where two lines may be it. */
  readonly line?: number;
  readonly number?: number;
  readonly address?: string;
  readonly access?: string;
  readonly where?: string;
  readonly ip?: string;
  readonly at?: string;
  readonly cpu?: number;
  readonly comm?: string;
  readonly pid?: number;
  readonly seconds?: number;
  readonly panic?: string;
  /** The innermost function of its trace. */
  readonly stack?: string;
  readonly reason?: string;
  /** Its sentence has these words: what the instruction did by its registers; what a panic is about. */
  readonly does?: string;
  readonly says?: string;
  /** A report before it, in the evidence. */
  readonly before?: string;
}

/** Only what some texts state is asked of those alone. */
const asked = ['line', 'stack', 'reason'] as const;

export function read(text: string) {
  const oopses = new OopsReader();
  const reader = new TextTimeline(oopses);
  reader.take(text);
  reader.end([]);
  const logged = oopses.end();
  return { logged, judged: judgeOopses(logged, reader.lines) };
}

/** Holds what is told of a text against what it states, field by field. */
export function expectFacts(text: string, { first, certainty, does, says, before, ...stated }: Facts): void {
  const { logged, judged } = read(text);
  const [told] = judged;
  expect(told?.finding.id ?? null).toBe(first);
  if (told === undefined) return expect(logged.release).toBe(stated.kernel);
  const { finding, oops } = told;
  const got = fieldsOf(oops);
  for (const one of asked) if (!(one in stated)) delete got[one];
  expect(Object.fromEntries(Object.entries(got).filter(([, value]) => value !== undefined))).toEqual(stated);
  expect(finding.certainty).toBe(certainty ?? 'certain');
  for (const words of [does, says]) if (words !== undefined) expect(finding.sentence).toContain(words);
  if (before !== undefined) expect(finding.evidence).toContain(`Before it: ${before}`);
}

function fieldsOf(oops: OopsText): Record<string, unknown> {
  return {
    fault: oops.fault,
    kernel: oops.release,
    taint: oops.taint,
    line: oops.line,
    number: oops.number,
    address: hex(oops.address),
    access: oops.access,
    where: oops.place && placeInWords(oops.place),
    ip: hex(oops.ip),
    at: oops.source,
    cpu: oops.cpu,
    comm: oops.comm,
    pid: oops.pid,
    seconds: oops.seconds,
    panic: oops.panic,
    stack: oops.trace[0]?.function,
    reason: oops.reason,
  };
}

function hex(value: bigint | undefined): string | undefined {
  return value === undefined ? undefined : `0x${value.toString(16)}`;
}
