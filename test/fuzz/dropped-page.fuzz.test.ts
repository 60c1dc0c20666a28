import { describe, expect } from 'vitest';

import { bundledPlugins } from '../../plugins/index.js';
import { openDump } from '../../src/dump/open-dump.js';
import { dumpFile, testWith, unlessMissing } from '../dumps.js';
import { breachesOfOrder, type Breach } from './compare-answers.js';
import { answerOf, watched } from './dropped-page.js';
import { randomNumbers } from './random-numbers.js';

/** By hand: DROP_PAGES=all, or how many of those that are read; DROP_DUMP is one of the dumps' files. */
const PAGES = process.env['DROP_PAGES'] ?? '8';
const SEED = Number(process.env['FUZZ_SEED'] ?? 9);
const named = process.env['DROP_DUMP'];
const dumps = named === undefined ? ['6.1-global-panic/vmcore', '5.10-memcg1-panic/vmcore'] : [named];

describe(`one page that is read made unreadable, ${PAGES} of them, seed ${SEED}: a section says the same alone and after all others`, () => {
  for (const name of dumps) testWith(name, unlessMissing(name), async () => {
    const dump = await openDump([dumpFile(name)!]);
    const plugins = await Promise.all(bundledPlugins.map(async ({ load }) => (await load()).default));
    const pages = watched(dump);
    const { together: sound, alone } = await answerOf(pages, plugins);
    expect(breachesOfOrder(sound, alone())).toEqual([]);
    const began = performance.now();
    const found: Found[] = [];
    let runs = 0;
    for (const pfn of chosen([...pages.read].toSorted((a, b) => a - b))) {
      pages.refuse(pfn);
      const damaged = await answerOf(pages, plugins);
      found.push(...breachesOfOrder(damaged.together, damaged.alone()).map((breach) => ({ ...breach, pfn })));
      runs++;
    }
    dump.close();
    if (PAGES === 'all') console.log(`${name}: ${runs} pages, ${Math.round((performance.now() - began) / 1000)} s, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB, ${found.length} breaches on ${new Set(found.map(({ pfn }) => pfn)).size} pages`);
    expect(inWords(found)).toBe('');
  }, 24 * 3_600_000);
});

type Found = Breach & { readonly pfn: number };

function chosen(read: readonly number[]): readonly number[] {
  if (PAGES === 'all') return read;
  const random = randomNumbers(SEED);
  const left = [...read];
  return Array.from({ length: Math.min(Number(PAGES), left.length) }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

/** Those of a kind together: the page of each, and what differs on the first of them. */
function inWords(found: readonly Found[]): string {
  const kinds = new Map<string, Found[]>();
  for (const one of found) {
    const kind = `${one.section}: ${one.rule}: ${one.difference.replaceAll(/(?:->|\bbecome\b).*/g, '').replaceAll(/0x[0-9a-f]+|\d+/g, 'N')}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  return [...kinds.values()].toSorted((a, b) => b.length - a.length)
    .map((all) => `${all[0]!.section}: ${all[0]!.rule}\n  ${all[0]!.difference}\n  pages ${all.map(({ pfn }) => pfn).slice(0, 12).join(' ')}${all.length > 12 ? ` and ${all.length - 12} more` : ''}`)
    .join('\n');
}
