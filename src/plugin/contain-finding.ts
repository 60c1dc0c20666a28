import { certainties, type Premise } from '../words/certainty.js';
import { defined } from '../words/defined.js';
import type { Door, Finding } from '../words/finding.js';
import { subjectKinds, type Subject } from '../words/subject.js';
import { factUnits, type Facts, type FindingFact } from '../words/told.js';
import {
  BadView,
  bigint,
  describe,
  field,
  list,
  noSlips,
  oneOf,
  optional,
  shortened,
  text,
  within,
  writable,
} from './check-form.js';
import { keysOf } from './view-keys.js';

const moments = ['report', 'dump'] as const;

/** A plugin's finding in the form that views.ts declares. */
export function cleanFinding(given: unknown, index: number): Finding {
  noSlips(given, keysOf.finding, `finding ${index + 1}`);
  const weight = Number(field(given, 'weight'));
  const listOf = (member: string): readonly unknown[] | undefined => {
    const value = field(given, member);
    return value === undefined || value === null ? undefined : list(value, `finding.${member}`);
  };
  return {
    id: text(field(given, 'id'), 'finding.id'),
    weight: Number.isFinite(weight) ? Math.min(100, Math.max(0, weight)) : 0,
    certainty: oneOf(field(given, 'certainty'), certainties, 'finding.certainty') ?? 'possible',
    moment: oneOf(field(given, 'moment'), moments, 'finding.moment') ?? 'dump',
    ...defined({ subject: within('finding', () => cleanSubject(field(given, 'subject'), field(given, 'about'))) }),
    sentence: text(field(given, 'sentence'), 'finding.sentence'),
    evidence: list(field(given, 'evidence'), 'finding.evidence').map((line) => text(line, 'evidence')),
    ...cleanFacts(field(given, 'facts')),
    ...defined({
      restsOn: listOf('restsOn')?.map(cleanPremise),
      unread: listOf('unread')?.map((what) => text(what, 'finding.unread')),
      doors: listOf('doors')?.flatMap((door) => Object.values(optionalDoor(door))),
      views: listOf('views')?.map((view) => text(view, 'finding.views')),
    }),
  };
}

/** @param about the subject's name alone, as it was given before there were subjects */
function cleanSubject(given: unknown, about: unknown): Subject | undefined {
  if (given === undefined || given === null)
    return about === undefined || about === null ? undefined : { kind: 'other', name: text(about, 'about') };
  noSlips(given, keysOf.subject, 'subject');
  const address = field(given, 'address');
  return {
    kind: oneOf(field(given, 'kind'), subjectKinds, 'subject.kind') ?? 'other',
    ...optional('name', field(given, 'name')),
    ...numbersOf('pids', field(given, 'pids')),
    ...numbersOf('cpus', field(given, 'cpus')),
    ...optional('type', field(given, 'type')),
    ...(address === undefined || address === null ? {} : { address: bigint(address, 'subject.address') }),
  };
}

/** A sentence tells a handful; a finding on a thousand tasks names the first. */
const most = 1000;

function numbersOf(key: 'pids' | 'cpus', given: unknown): Pick<Subject, 'pids' | 'cpus'> {
  if (given === undefined || given === null) return {};
  const numbers = list(given, `subject.${key}`)
    .slice(0, most)
    .map((one) => {
      if (typeof one !== 'number' || !Number.isFinite(one))
        throw new BadView(`subject.${key} has ${describe(one)}, not a number`);
      return one;
    });
  return { [key]: numbers };
}

function cleanPremise(given: unknown): Premise {
  noSlips(given, keysOf.premise, 'restsOn');
  return {
    what: text(field(given, 'what'), 'restsOn.what'),
    certainty: oneOf(field(given, 'certainty'), certainties, 'restsOn.certainty') ?? 'possible',
  };
}

function cleanFacts(given: unknown): { facts?: Facts } {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null)
    throw new BadView(`finding.facts is ${describe(given)}; give an object of facts by name`);
  return {
    facts: Object.fromEntries(
      Object.entries(given)
        .slice(0, most)
        .map(([name, fact]: [string, unknown]) => [shortened(name), cleanFindingFact(fact, name)]),
    ),
  };
}

function cleanFindingFact(given: unknown, name: string): FindingFact {
  noSlips(given, keysOf.findingFact, `fact ${name}`);
  const value = field(given, 'value');
  const unit = oneOf(field(given, 'unit'), factUnits, 'fact.unit');
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint')
    throw new BadView(`fact ${name} of a finding is ${describe(value)}; give a number or a text`);
  const shown =
    typeof value === 'string'
      ? shortened(value)
      : typeof value === 'bigint'
        ? writable(value, `fact ${name} of a finding`)
        : value;
  return { value: shown, ...defined({ unit }), source: text(field(given, 'source'), 'fact.source') };
}

/** What opens an object, where there is one. */
export function optionalDoor(value: unknown): { door?: Door } {
  if (value === undefined || value === null) return {};
  return {
    door: { type: text(field(value, 'type'), 'door.type'), address: bigint(field(value, 'address'), 'door.address') },
  };
}
