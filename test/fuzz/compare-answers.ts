import { isDeepStrictEqual } from 'node:util';

import type { Section } from '../../src/plugin/section.js';
import type { Certainty, Finding, Gap } from '../../src/words/views.js';
import type { Answer } from './dropped-page.js';

/** A rule that a section broke: which one, and what differs, without what is of this page alone. */
export interface Breach {
  readonly section: string;
  readonly rule:
    | 'changed without a gap'
    | 'a finding that was not there'
    | 'a finding changed as sure as before'
    | 'other alone than after all others';
  /** The place in the section and what stands there, before and after. */
  readonly difference: string;
}

/**
 * Holds the answer without a page against the undamaged one: what changed must say so, and must not be as sure as
 * before.
 */
export function breachesOf(sound: Answer, damaged: Answer): Breach[] {
  if ('refusal' in damaged || 'refusal' in sound) return [];
  return damaged.sections.flatMap((section, index) => {
    const before = sound.sections[index]!;
    return [...unsaidChange(before, section), ...changedFindings(before, section)];
  });
}

/** Each section on a kernel of its own against the same after all others. */
export function breachesOfOrder(together: Answer, alone: readonly Section[]): Breach[] {
  if ('refusal' in together) return [];
  return alone.flatMap((section, index): Breach[] => {
    const difference = firstDifference(together.sections[index]!, section);
    return difference === undefined
      ? []
      : [{ section: section.plugin, rule: 'other alone than after all others', difference }];
  });
}

function unsaidChange(before: Section, after: Section): Breach[] {
  const difference = firstDifference(
    { views: before.views, outcome: before.outcome.kind },
    { views: after.views, outcome: after.outcome.kind },
  );
  if (difference === undefined || saysSo(before, after)) return [];
  return [{ section: after.plugin, rule: 'changed without a gap', difference }];
}

/** A gap in the section's list or in a cell, or an end with its reason. */
function saysSo(before: Section, after: Section): boolean {
  const known = new Set(gapsIn(before).map(keyOf));
  return after.outcome.kind !== 'done' || gapsIn(after).some((gap) => !known.has(keyOf(gap)));
}

function keyOf({ what, reason }: Gap): string {
  return `${what}\0${reason}`;
}

function gapsIn(value: unknown): Gap[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('gap' in value && value.gap === true) return [value as Gap];
  return Object.values(value).flatMap(gapsIn);
}

const unread = /^Not all that this rests on could be read: /;

const sureness: Record<Certainty, number> = { possible: 0, likely: 1, certain: 2 };

function changedFindings(before: Section, after: Section): Breach[] {
  const left = [...findingsOf(before)];
  const take = (fits: (finding: Finding) => boolean): Finding | undefined => {
    const index = left.findIndex(fits);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const other = findingsOf(after).filter(
    (finding) => take((one) => isDeepStrictEqual(said(one), said(finding))) === undefined,
  );
  return other.flatMap((finding): Breach[] => {
    // Of the same kind, or another conclusion on the same lock or task.
    const was =
      take((one) => one.id === finding.id && one.subject?.name === finding.subject?.name) ??
      take(({ id }) => id === finding.id) ??
      take(({ subject }) => subject?.name !== undefined && subject.name === finding.subject?.name);
    if (was && sureness[finding.certainty] < sureness[was.certainty]) return [];
    // One that the lost one had stood before, or that only memory could rule out: it must say that it rests on less.
    if (!was && finding.certainty !== 'certain' && finding.unread !== undefined) return [];
    // What was merely possible stays so, and says that not all could be read.
    if (
      was &&
      finding.certainty === was.certainty &&
      finding.sentence === was.sentence &&
      finding.evidence.every((line) => was.evidence.includes(line) || unread.test(line))
    )
      return [];
    return [
      {
        section: after.plugin,
        rule: was ? 'a finding changed as sure as before' : 'a finding that was not there',
        difference: was
          ? `${finding.id}, ${finding.certainty}: ${firstDifference(said(was), said(finding))}`
          : `${finding.id}, ${finding.certainty}: ${finding.sentence}`,
      },
    ];
  });
}

function findingsOf(section: Section): readonly Finding[] {
  return section.views.flatMap((view) => (view.kind === 'findings' ? view.findings : []));
}

/** What a finding claims; what it points to may differ. */
function said({ id, certainty, sentence, evidence }: Finding): unknown {
  return { id, certainty, sentence, evidence };
}

/** The first place where two values differ, and both; undefined where they are equal. */
function firstDifference(before: unknown, after: unknown, at = ''): string | undefined {
  if (isDeepStrictEqual(before, after)) return undefined;
  if (
    typeof before === 'object' &&
    typeof after === 'object' &&
    before !== null &&
    after !== null &&
    Array.isArray(before) === Array.isArray(after)
  ) {
    if (Array.isArray(before) && Array.isArray(after) && before.length !== after.length) {
      const index = before.findIndex((one, i) => !isDeepStrictEqual(one, after[i]));
      const place = index < 0 ? before.length : index;
      return `${at}: ${before.length} become ${after.length}, [${place}]: ${inShort(before[place])} -> ${inShort(after[place])}`;
    }
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const found = firstDifference(
        (before as Record<string, unknown>)[key],
        (after as Record<string, unknown>)[key],
        `${at}${at === '' ? '' : '.'}${nameOf(before, key)}`,
      );
      if (found !== undefined) return found;
    }
  }
  return `${at}: ${inShort(before)} -> ${inShort(after)}`;
}

/** A view by its id, a fact by its key, an element by its place. */
function nameOf(parent: object, key: string): string {
  const value: unknown = (parent as Record<string, unknown>)[key];
  if (!Array.isArray(parent) || typeof value !== 'object' || value === null) return key;
  if ('id' in value) return String(value.id);
  if ('key' in value) return String(value.key);
  return key;
}

function inShort(value: unknown): string {
  const text =
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `0x${inner.toString(16)}` : inner)) ??
    'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
