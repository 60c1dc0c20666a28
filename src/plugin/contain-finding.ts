import { certainties, derivedCertainty, lessSure, type Premise } from '../words/certainty.js';
import { defined } from '../words/defined.js';
import type { Door, Finding } from '../words/finding.js';
import { subjectKinds, type Subject } from '../words/subject.js';
import { factUnits, type Facts, type FindingFact } from '../words/told.js';
import { weights } from '../words/weights.js';
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

const moments = ['report', 'dump', 'log'] as const;

/**
 * A plugin's finding in the form that views.ts declares. @param plugin a user's: it says how sure its step is, and the
 * certainty is derived of that; ours have derived it
 */
export function cleanFinding(given: unknown, index: number, plugin?: string): Finding {
  const place = `finding ${index + 1}`;
  noSlips(given, keysOf.finding, place);
  const listOf = (member: string): readonly unknown[] | undefined => {
    const value = field(given, member);
    return value === undefined || value === null ? undefined : list(value, `finding.${member}`);
  };
  const id = text(field(given, 'id'), 'finding.id');
  const finding: Finding = {
    id,
    weight: cleanWeight(field(given, 'weight'), place),
    certainty: oneOf(field(given, 'certainty'), certainties, 'finding.certainty') ?? 'possible',
    moment: oneOf(field(given, 'moment'), moments, 'finding.moment') ?? 'dump',
    ...defined({ subject: within('finding', () => cleanSubject(field(given, 'subject'), field(given, 'about'))) }),
    ...optional('problem', field(given, 'problem')),
    sentence: text(field(given, 'sentence'), 'finding.sentence'),
    ...optional('brief', field(given, 'brief')),
    evidence: list(field(given, 'evidence'), 'finding.evidence').map((line) => text(line, 'evidence')),
    ...cleanFacts(field(given, 'facts')),
    ...defined({
      restsOn: listOf('restsOn')?.map(cleanPremise),
      unread: listOf('unread')?.map((what) => text(what, 'finding.unread')),
      doors: listOf('doors')?.flatMap((door) => Object.values(optionalDoor(door))),
      views: listOf('views')?.map((view) => text(view, 'finding.views')),
    }),
  };
  // One of ours, as 'oompm/oom' gives it: it has its certainty.
  if (plugin === undefined || isOurs(id)) return finding;
  if (!id.startsWith(`${plugin}.`) || id.length === plugin.length + 1)
    throw new BadView(`the id of ${place} is "${id}"; ids of the plugin ${plugin} start with "${plugin}."`);
  return derived(finding);
}

/** Whether a finding is of a kind of oompm's own. */
export function isOurs(id: string): boolean {
  return Object.hasOwn(weights, id);
}

/** As sure as its step, what it rests on and what could not be read allow. */
function derived(finding: Finding): Finding {
  const { certainty, restsOn, unread = [], ...rest } = finding;
  const sure = { ...rest, certainty: derivedCertainty(certainty, restsOn), ...defined({ restsOn }) };
  return lessSure(sure, unread);
}

const mostWeight = 100;

function cleanWeight(weight: unknown, place: string): number {
  if (typeof weight !== 'number' || !(weight >= 0 && weight <= mostWeight))
    throw new BadView(
      `the weight of ${place} is ${typeof weight === 'number' ? weight : describe(weight)}; it is a number from 0 to ${mostWeight}`,
    );
  return weight;
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
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new BadView(`fact ${name} of a finding is ${value}; leave out what could not be computed`);
  return { value: cleanValue(value, name), ...defined({ unit }), source: text(field(given, 'source'), 'fact.source') };
}

function cleanValue(value: FindingFact['value'], name: string): FindingFact['value'] {
  if (typeof value === 'string') return shortened(value);
  return typeof value === 'bigint' ? writable(value, `fact ${name} of a finding`) : value;
}

/** What opens an object, where there is one. */
export function optionalDoor(value: unknown): { door?: Door } {
  if (value === undefined || value === null) return {};
  return {
    door: { type: text(field(value, 'type'), 'door.type'), address: bigint(field(value, 'address'), 'door.address') },
  };
}
