import type { Finding } from '../../words/finding.js';
import { shownText } from './shown-text.js';
import type { NamedTarget } from './line.js';

const pids = /\bpid (\d{1,7})\b/g;
const addresses = /\b0x[\da-f]{9,16}\b/g;

/** Tasks and addresses that a line of evidence, which may be any text, names, each once: what can be opened of it. */
export function targetsInText(texts: readonly string[]): NamedTarget[] {
  const found = new Map<string, NamedTarget>();
  for (const text of texts) {
    for (const [, pid = ''] of text.matchAll(pids)) found.set(pid, pidTarget(Number(pid)));
    for (const [address] of text.matchAll(addresses)) found.set(address, addressTarget(address));
  }
  return [...found.values()];
}

/** The tasks and addresses that a finding is about and tells of; its doors are these already where it has some. */
export function targetsOfFacts({ subject, facts = {}, doors = [] }: Finding): NamedTarget[] {
  const told = Object.values(facts);
  const numbers = doors.length > 0 ? [] : [...(subject?.pids ?? []), ...told.flatMap(pidOf)];
  const places = told.flatMap(({ value, unit }) => (unit === 'address' ? [shownText(String(value))] : []));
  return [...[...new Set(numbers)].map(pidTarget), ...[...new Set(places)].map(addressTarget)];
}

function pidOf({ value, unit }: { readonly value: unknown; readonly unit?: string }): number[] {
  return unit === 'pid' && typeof value === 'number' ? [value] : [];
}

function pidTarget(pid: number): NamedTarget {
  return { label: `pid ${pid}`, target: { kind: 'question', text: `pid ${pid}` } };
}

function addressTarget(address: string): NamedTarget {
  return { label: address, target: { kind: 'question', text: address } };
}
