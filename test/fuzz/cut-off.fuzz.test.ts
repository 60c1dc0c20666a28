import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { InputError } from '../../src/bytes/input-error.js';
import { openDump } from '../../src/dump/open-dump.js';
import { MissingPage } from '../../src/memory/physical-memory.js';
import type { Plugin } from '../../src/plugin/define-plugin.js';
import { buildKdump, type TestPage } from '../../src/testing/build-kdump.js';
import { dumpFile, lacks, titleFor } from '../dumps.js';
import { breachesOf, type Breach } from './compare-answers.js';
import { answerOf, watched, type Answer } from './dropped-page.js';
import { figuresOf } from './figures.js';
import { sections } from './sections.js';

/** By hand CUTS=100: docs/long-suites.md. */
const PLACES = Number(process.env['CUTS'] ?? 2);
const SPLIT = 'split in two, kdump, zlib';
const forms: Record<string, readonly string[]> = {
  'kdump, zstd': ['6.1-global-panic/vmcore'],
  'kdump, zlib': ['5.10-memcg1-panic/vmcore'],
  ELF: ['6.1-global-panic/vmcore.elf'],
  flattened: ['6.1-global-panic/vmcore.flat'],
  [SPLIT]: ['6.1-global-panic/vmcore'],
};

const folder = mkdtempSync(join(tmpdir(), 'oompm-cut-answers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe(`cut at ${PLACES} places: what the report says of the rest is as sure as what is there`, () => {
  test.for(Object.entries(forms).map(([form, names]) => ({ form, names, title: titleFor(form, ...names) })))(
    '$title',
    { timeout: 24 * 3_600_000 },
    async ({ form, names }, { skip }) => {
      if (lacks(...names)) skip();
      const plugins = await sections();
      const given = names.map((name) => dumpFile(name)!);
      const files = form === SPLIT ? await splitInTwo(given[0]!) : given;
      // The last file of a split dump is the one that a copy breaks off in.
      const last = join(folder, form);
      copyFileSync(files.at(-1)!, last);
      const copied = [...files.slice(0, -1), last];
      // Under the name that it is cut off by: info tells it.
      const whole = await answerOfFiles(copied, plugins);
      if (typeof whole === 'string') throw new Error(`${form} is refused as it is: ${whole}`);
      const { size } = statSync(last);
      const found: string[] = [];
      const figures = figuresOf(form, 'CUTS');
      for (let place = PLACES; place > 0; place--) {
        // From the end, so that the file only ever gets shorter: an equal share each, the first a single byte less.
        const length = place === PLACES ? size - 1 : Math.ceil((size * place) / PLACES);
        truncateSync(last, length);
        const cut = await answerOfFiles(copied, plugins);
        const breaches = typeof cut === 'string' ? [] : breachesOf(withoutDefects(whole), withoutDefects(cut));
        found.push(...breaches.map((breach) => inWords(length, breach)));
        figures.count(typeof cut === 'string' ? 'refused' : breaches.length > 0 ? 'not told' : 'told');
      }
      figures.tell();
      expect(found.join('\n')).toBe('');
    },
  );
});

/** As makedumpfile --split would have written it. */
async function splitInTwo(file: string): Promise<string[]> {
  const dump = await openDump([file]);
  const pages = new Map<number, TestPage>();
  for (const { start, end } of dump.memory.ranges()) {
    for (let pfn = start / dump.memory.pageSize; pfn < end / dump.memory.pageSize; pfn++) {
      const page = dump.memory.page(pfn);
      pages.set(pfn, page instanceof MissingPage ? 'excluded' : page.bytes);
    }
  }
  const maxMapnr = [...pages.keys()].reduce((most, pfn) => Math.max(most, pfn + 1), 0);
  const inFile = [...pages]
    .filter(([, page]) => page !== 'excluded')
    .map(([pfn]) => pfn)
    .toSorted((a, b) => a - b);
  const middle = inFile[inFile.length >> 1]!;
  const { vmcoreinfo = '' } = dump;
  dump.close();
  return [
    { startPfn: 0, endPfn: middle },
    { startPfn: middle, endPfn: maxMapnr },
  ].map((split, n) => {
    const path = join(folder, `part${n + 1}`);
    writeFileSync(path, buildKdump({ pages, maxMapnr, vmcoreinfo, codec: 'zlib', split }));
    return path;
  });
}

/** The overview tells the cut itself, where all reports do. */
function withoutDefects(answer: Exclude<Answer, { refusal: string }>): Answer {
  return {
    ...answer,
    sections: answer.sections.map((section) => ({
      ...section,
      views: section.views.map((view) =>
        view.kind === 'facts' ? { ...view, facts: view.facts.filter(({ key }) => key !== 'defects') } : view,
      ),
    })),
  };
}

/** Or the sentence with which it is refused. */
async function answerOfFiles(
  files: readonly string[],
  plugins: readonly Plugin[],
): Promise<Exclude<Answer, { refusal: string }> | string> {
  try {
    const dump = await openDump(files);
    const { together } = await answerOf(watched(dump), plugins);
    dump.close();
    return 'refusal' in together ? together.refusal : together;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

function inWords(length: number, { section, rule, difference }: Breach): string {
  return `${length} bytes: ${section}: ${rule}: ${difference}`;
}
