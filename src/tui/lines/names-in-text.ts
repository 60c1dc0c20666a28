import type { NamedTarget } from './line.js';

const pids = /\bpid (\d{1,7})\b/g;
const addresses = /\b0x[\da-f]{9,16}\b/g;

/** Tasks and addresses that a sentence names, each once: what can be opened of it. */
export function targetsInText(texts: readonly string[]): NamedTarget[] {
  const found = new Map<string, NamedTarget>();
  for (const text of texts) {
    for (const [, pid = ''] of text.matchAll(pids))
      found.set(pid, { label: `pid ${Number(pid)}`, target: { kind: 'question', text: `pid ${Number(pid)}` } });
    for (const [address] of text.matchAll(addresses))
      found.set(address, { label: address, target: { kind: 'question', text: address } });
  }
  return [...found.values()];
}

/** The pids that a sentence names. */
export function pidsInText(text: string): number[] {
  return [...text.matchAll(pids)].map(([, pid]) => Number(pid));
}
