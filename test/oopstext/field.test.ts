import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

import { judgeOopses, OopsReader } from '../../src/oopstext/index.js';
import { placeInWords } from '../../src/timeline/event.js';
import { TextTimeline } from '../../src/timeline/text-timeline.js';

/**
 * Oopses, panics and reports as people have posted them: what they quoted, cut, wrapped and lost. The layout and what
 * the kernel said are of the page that `source` names; the texts are retold from it, shortened in their traces and
 * lists of modules, and without anybody's names.
 */
const folder = resolve(import.meta.dirname, 'field');

/** What a text states, by reading it: what is not here is in no line of it. */
interface Facts {
  readonly source: string;
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

const facts = JSON.parse(readFileSync(`${folder}/facts.json`, 'utf8')) as Record<string, Facts>;

function read(name: string) {
  const oopses = new OopsReader();
  const reader = new TextTimeline(oopses);
  reader.take(readFileSync(`${folder}/${name}.txt`, 'utf8'));
  reader.end([]);
  const logged = oopses.end();
  return { logged, judged: judgeOopses(logged, reader.lines) };
}

function hex(value: bigint | undefined): string | undefined {
  return value === undefined ? undefined : `0x${value.toString(16)}`;
}

/** Only what some texts state is asked of those alone. */
const asked = ['line', 'stack', 'reason'] as const;

describe('a text from the field, field by field', () => {
  test.each(Object.entries(facts))('%s', (name, { first, certainty, does, says, before, ...rest }) => {
    const { source, ...stated } = rest;
    expect(source).not.toBe('');
    const { logged, judged } = read(name);
    const [told] = judged;
    expect(told?.finding.id ?? null).toBe(first);
    if (told === undefined) return expect(logged.release).toBe(stated.kernel);
    const { finding, oops } = told;
    const got: Record<string, unknown> = {
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
    for (const one of asked) if (!(one in stated)) delete got[one];
    expect(Object.fromEntries(Object.entries(got).filter(([, value]) => value !== undefined))).toEqual(stated);
    expect(finding.certainty).toBe(certainty ?? 'certain');
    for (const words of [does, says]) if (words !== undefined) expect(finding.sentence).toContain(words);
    if (before !== undefined) expect(finding.evidence).toContain(`Before it: ${before}`);
  });

  test('has its facts, and no facts are of none', () => {
    const texts = readdirSync(folder).flatMap((file) => /^(.*)\.txt$/.exec(file)?.[1] ?? []);
    expect(texts.toSorted()).toEqual(Object.keys(facts).toSorted());
  });
});

test('where another oops ended the kernel, the first is told first, and both are', () => {
  const { judged } = read('ubuntu16-4.4-two-oopses');
  expect(judged.map(({ finding }) => finding.id)).toEqual(['log.earlier-oops', 'log.oops']);
  expect(judged[1]!.finding.sentence).toMatch(
    /^Oops #2: mutex_lock\+0x12 .*panic “Attempted to kill init! exitcode=0x00000009”/,
  );
});
