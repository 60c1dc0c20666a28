import { isDeepStrictEqual } from 'node:util';

import { describe, expect } from 'vitest';

import { openDump } from '../../src/dump/open-dump.js';
import { dumpFile, testWith, unlessMissing } from '../dumps.js';
import { breachesOf, breachesOfOrder, type Breach } from './compare-answers.js';
import { answerOf, watched } from './dropped-page.js';
import { figuresOf } from './figures.js';
import { randomNumbers } from './random-numbers.js';
import { sections } from './sections.js';

/**
 * By hand: DROP_PAGES=all, or how many of those that are read; DROP_DUMP is one of the dumps' files.
 * docs/long-suites.md.
 */
const PAGES = process.env['DROP_PAGES'] ?? '10';
const SEED = Number(process.env['FUZZ_SEED'] ?? 9);
const named = process.env['DROP_DUMP'];
const dumps = named === undefined ? ['6.1-global-panic/vmcore', '7.2-reaper/vmcore'] : [named];

describe(`one page that is read made unreadable, ${PAGES} of them, seed ${SEED}: a section that changes says so, and is less sure`, () => {
  for (const name of dumps)
    testWith(
      name,
      unlessMissing(name),
      async () => {
        const dump = await openDump([dumpFile(name)!]);
        const plugins = await sections();
        const pages = watched(dump);
        const { together: sound, alone, readToOpen } = await answerOf(pages, plugins);
        const read = [...pages.read];
        expect(breachesOfOrder(sound, alone())).toEqual([]);
        const figures = figuresOf(name, 'DROP_PAGES');
        const found: Found[] = [];
        for (const pfn of chosen(read.slice(0, readToOpen), read.slice(readToOpen))) {
          pages.refuse(pfn);
          const damaged = await answerOf(pages, plugins);
          // Where nothing differs, no gap was met that a section could lose.
          const differs = !isDeepStrictEqual(sound, damaged.together);
          const breaches = differs
            ? [...breachesOf(sound, damaged.together), ...breachesOfOrder(damaged.together, damaged.alone())]
            : [];
          found.push(...breaches.map((breach) => ({ ...breach, pfn })));
          figures.count(
            !differs
              ? 'the same'
              : breaches.length > 0
                ? 'not told'
                : 'refusal' in damaged.together
                  ? 'refused'
                  : 'told',
          );
        }
        dump.close();
        figures.tell();
        expect(inWords(found)).toBe('');
      },
      24 * 3_600_000,
    );
});

type Found = Breach & { readonly pfn: number };

/** Without names and types little is left to go wrong: of these a sample has few. */
const SHARE_TO_OPEN = 0.2;

function chosen(toOpen: readonly number[], later: readonly number[]): readonly number[] {
  if (PAGES === 'all') return [...toOpen, ...later];
  const random = randomNumbers(SEED);
  const some = (pages: readonly number[], count: number): number[] => {
    const left = [...pages];
    return Array.from(
      { length: Math.min(count, left.length) },
      () => left.splice(Math.floor(random() * left.length), 1)[0]!,
    );
  };
  const few = Math.round(Number(PAGES) * SHARE_TO_OPEN);
  return [...some(toOpen, few), ...some(later, Number(PAGES) - few)];
}

/** Those of a kind together: the page of each, and what differs on the first of them. */
function inWords(found: readonly Found[]): string {
  const kinds = new Map<string, Found[]>();
  for (const one of found) {
    const kind = `${one.section}: ${one.rule}: ${one.difference.replaceAll(/(?:->|\bbecome\b).*/g, '').replaceAll(/0x[0-9a-f]+|\d+/g, 'N')}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  return [...kinds.values()]
    .toSorted((a, b) => b.length - a.length)
    .map(
      (all) =>
        `${all[0]!.section}: ${all[0]!.rule}\n  ${all[0]!.difference}\n  pages ${all
          .map(({ pfn }) => pfn)
          .slice(0, 12)
          .join(' ')}${all.length > 12 ? ` and ${all.length - 12} more` : ''}`,
    )
    .join('\n');
}
