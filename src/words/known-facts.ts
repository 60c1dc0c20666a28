import { hex } from './hex.js';
import { counted, secondsInWords, size, sizeOfKB } from './quantity.js';
import type { FactUnit, KnownFact } from './told.js';

/**
 * Facts by how a sentence tells them. A name says of what the value is, in the kernel's words: "memory.usage",
 * "DMA32.free".
 */

/** A size, as "10.65 GiB". */
export function kB(name: string, value: number | bigint, source: string): KnownFact {
  return { name, fact: { value, unit: 'kB', source }, text: sizeOfKB(value) };
}

export function bytes(name: string, value: number | bigint, source: string): KnownFact {
  return { name, fact: { value, unit: 'bytes', source }, text: size(value) };
}

/** "1 page", "3 times". */
export function count(name: string, value: number | bigint, one: string, source: string): KnownFact {
  return { name, fact: { value, unit: 'number', source }, text: counted(value, one) };
}

/** The number alone: an oom_score_adj, an order. */
export function number(name: string, value: number | bigint, source: string, unit: FactUnit = 'number'): KnownFact {
  return { name, fact: { value, unit, source }, text: String(value) };
}

/** "27 s", "340 ms" */
export function duration(name: string, ns: number, source: string): KnownFact {
  return { name, fact: { value: ns, unit: 'ns', source }, text: secondsInWords(ns) };
}

/** "0xffff888003a41000" */
export function address(name: string, value: bigint, source: string): KnownFact {
  const text = hex(value);
  return { name, fact: { value: text, unit: 'address', source }, text };
}

/** A name that the machine gave: of a task, a cgroup, a device. */
export function word(name: string, value: string, source: string): KnownFact {
  return { name, fact: { value, source }, text: value };
}

/** The kernel's own unit, for arithmetic that can be held against its report: "59900 kB". */
export function exactly(fact: KnownFact): KnownFact {
  return inUnit(fact, fact.fact.value);
}

/** The same of what is kept in a finer unit: whole kB of bytes. */
export function rounded(fact: KnownFact): KnownFact {
  return inUnit(fact, typeof fact.fact.value === 'number' ? Math.round(fact.fact.value) : fact.fact.value);
}

function inUnit(fact: KnownFact, value: number | bigint | string): KnownFact {
  return { ...fact, text: `${value}${unitInWords(fact.fact.unit)}` };
}

/** Behind a value: " kB", " %"; nothing where its name says what it is. */
export function unitInWords(unit: FactUnit | undefined): string {
  if (unit === undefined || bare.has(unit)) return '';
  return unit === 'percent' ? ' %' : ` ${unit}`;
}

const bare: ReadonlySet<FactUnit> = new Set<FactUnit>(['number', 'pid', 'cpu', 'address']);
