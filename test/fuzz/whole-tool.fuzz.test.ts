import { afterAll, describe, expect, test } from 'vitest';

import { bundledPlugins } from '../../plugins/index.js';
import { openFile } from '../../src/bytes/file-reader.js';
import { InputError } from '../../src/bytes/input-error.js';
import { openDump, openDumpFiles } from '../../src/dump/open-dump.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import type { Plugin } from '../../src/plugin/define-plugin.js';
import { runPlugin } from '../../src/plugin/run-plugin.js';
import type { Section } from '../../src/plugin/section.js';
import { makeReport } from '../../src/report/report.js';
import { renderJson } from '../../src/report/render-json.js';
import { directMapAddress } from '../../src/memory/bases.js';
import { bringUp, openSession, type Session } from '../../src/session/open-kernel.js';
import { dumpFile } from '../dumps.js';
import { brokenFile, tablesOf } from './broken-file.js';
import { watched } from './dropped-page.js';
import { figuresOf, peakMib } from './figures.js';
import { flippedMemory } from './flipped-memory.js';
import { randomNumbers } from './random-numbers.js';
import { pointersIn, rewiredMemory } from './rewired-memory.js';

/** For a long run by hand: FUZZ_CASES=20000, and FUZZ_SEED for another order. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 300);
const SEED = Number(process.env['FUZZ_SEED'] ?? 9);
/** A hang is what this finds; the machine may be busy. */
const MOST_MS = 20_000;
const MOST_MIB = 1024;
/** Many times what the cases take, some 0.1 s each. */
const TIMEOUT_MS = Math.max(3_600_000, CASES * 2000);

const dumps = ['5.10-memcg1-panic/vmcore', '5.10-lockstuck/vmcore', '6.1-global-panic/vmcore', '7.2-reaper/vmcore'];

describe(`kernel memory broken in ${CASES} ways, seed ${SEED}: an answer, a named gap, or one sentence`, () => {
  test.skip.each(dumps.filter((name) => dumpFile(name) === undefined))(
    '%s (skipped: the dump is not at hand; set OOMPM_DUMPS)',
    () => undefined,
  );

  test.each(dumps.filter((name) => dumpFile(name) !== undefined))(
    '%s',
    async (name) => {
      const path = dumpFile(name)!;
      const dump = await openDump([path]);
      const sound = await openSession({ dump: [path] });
      opened.push(sound);
      const plugins = await Promise.all(bundledPlugins.map(async ({ load }) => (await load()).default));
      const targets = places(sound.kernel);
      const figures = figuresOf(`${name}, memory`, 'FUZZ_CASES');
      for (let i = 0; i < CASES / dumps.length; i++) {
        const random = randomNumbers(SEED * 1_000_003 + i);
        const kind = Object.keys(targets)[i % Object.keys(targets).length]!;
        const memory = flippedMemory(dump.memory, targets[kind]!, random, 1 + Math.floor(random() ** 3 * 200));
        await tried(figures, plugins, `case ${i} (${kind})`, () =>
          bringUp({ ...dump, memory, close: () => undefined }, undefined, {}),
        );
      }
      figures.tell();
      expect(peakMib()).toBeLessThan(MOST_MIB);
      // What a case breaks is its own: at the end the dump is what it was.
      expect(
        await bringUp({ ...dump, close: () => undefined }, undefined, {}).then((session) =>
          judge(session, plugins, 'undamaged'),
        ),
      ).toBe('answered');
      dump.close();
    },
    TIMEOUT_MS,
  );
  const opened: Session[] = [];
  afterAll(() => opened.forEach((session) => session.close()));
});

describe(`pointers led elsewhere in ${CASES / 8} ways, seed ${SEED}: an answer, a named gap, or one sentence`, () => {
  test.each(dumps.filter((name) => dumpFile(name) !== undefined))(
    '%s',
    async (name) => {
      const dump = await openDump([dumpFile(name)!]);
      const { dump: seen, read } = watched(dump);
      const plugins = await Promise.all(bundledPlugins.map(async ({ load }) => (await load()).default));
      const { kernel, bases } = await bringUp(seen, undefined, {});
      // Names and types are another subject.
      const toOpen = new Set(read);
      for (const plugin of plugins) if (plugin.inReport !== undefined) runPlugin(kernel, plugin, plugin.inReport);
      const places = pointersIn(
        dump.memory,
        [...read].filter((pfn) => !toOpen.has(pfn)),
        (pfn) => directMapAddress(bases, pfn * 4096)!,
      );
      const figures = figuresOf(`${name}, pointers`, 'FUZZ_CASES');
      for (let i = 0; i < CASES / 8 / dumps.length; i++) {
        const random = randomNumbers(SEED * 3_000_017 + i);
        const memory = rewiredMemory(dump.memory, places, random, 1 + Math.floor(random() ** 3 * 300));
        await tried(figures, plugins, `case ${i} of ${name}`, () =>
          bringUp({ ...dump, memory, close: () => undefined }, undefined, {}),
        );
      }
      figures.tell();
      expect(peakMib()).toBeLessThan(MOST_MIB);
      dump.close();
    },
    TIMEOUT_MS,
  );
});

describe(`dump files broken in ${CASES / 4} ways, seed ${SEED}: an answer, a named gap, or one sentence`, () => {
  test.each(dumps.filter((name) => dumpFile(name) !== undefined))(
    '%s',
    async (name) => {
      const file = openFile(dumpFile(name)!);
      const plugins = await Promise.all(bundledPlugins.map(async ({ load }) => (await load()).default));
      const figures = figuresOf(`${name}, file`, 'FUZZ_CASES');
      for (let i = 0; i < CASES / 4 / dumps.length; i++) {
        const broken = brokenFile(file, tablesOf(file), randomNumbers(SEED * 2_000_003 + i));
        await tried(figures, plugins, `case ${i} of ${name}`, async () =>
          bringUp(await openDumpFiles([broken], { cacheBytes: 16 << 20 }), undefined, {}),
        );
      }
      figures.tell();
      expect(peakMib()).toBeLessThan(MOST_MIB);
      file.close();
    },
    TIMEOUT_MS,
  );
});

async function tried(
  figures: ReturnType<typeof figuresOf>,
  plugins: readonly Plugin[],
  said: string,
  open: () => Promise<Session>,
): Promise<void> {
  const began = performance.now();
  const outcome = judge(await open().catch((error: unknown) => error), plugins, said);
  const ms = performance.now() - began;
  figures.count(outcome, ms);
  expect(ms, said).toBeLessThan(MOST_MS);
}

/** Refused in one sentence; or all plugins run to an end that is not a bug of ours, and the report renders. */
function judge(
  opened: unknown,
  plugins: readonly Plugin[],
  said: string,
): 'refused' | 'answered' | 'answered with gaps' | 'answered, cut short' {
  if (opened instanceof InputError) {
    expect(opened.message, said).toMatch(/\.$/);
    return 'refused';
  }
  if (opened instanceof Error) throw new Error(`${said} ended with ${opened.stack}`);
  const session = opened as Session;
  const sections: Section[] = plugins
    .filter((plugin) => plugin.inReport !== undefined)
    .map((plugin) =>
      runPlugin(session.kernel, plugin, plugin.inReport!, { ms: MOST_MS / 2, items: 100_000, views: 1000 }),
    );
  for (const { plugin, outcome } of sections) {
    if (outcome.kind === 'failed' && outcome.fault === 'plugin')
      throw new Error(`${said}: plugin ${plugin} broke: ${outcome.reason} ${outcome.where ?? ''}`);
  }
  const facts = {
    files: ['broken'],
    format: session.dump.formatName,
    architecture: session.kernel.architecture,
    release: session.kernel.release,
    pageSize: 4096,
    defects: session.defects,
  };
  let length = 0;
  for (const piece of renderJson(makeReport('0', facts, sections, 'whole'))) length += piece.length;
  expect(length).toBeGreaterThan(100);
  if (sections.some(({ outcome }) => outcome.kind === 'cut short')) return 'answered, cut short';
  return sections.some(({ gaps, outcome }) => gaps.length > 0 || outcome.kind === 'failed') ||
    session.defects.length > 0
    ? 'answered with gaps'
    : 'answered';
}

/** Page frames of what the tool rests on: names, types, tasks, nodes, page tables; and anything at all. */
function places(kernel: Kernel): Record<string, number[]> {
  const frames = (start: bigint, bytes: number): number[] => {
    const found = new Set<number>();
    for (let at = start; at < start + BigInt(bytes); at += 4096n) {
      const physical = kernel.memory.translate(at);
      if (typeof physical === 'number') found.add(Math.floor(physical / 4096));
    }
    return [...found];
  };
  const tasks = [...kernel.list(kernel.global('init_task').tasks, 'task_struct', 'tasks')];
  const node = kernel.global('node_data')[0]!;
  const btf = kernel.symbol('__start_BTF');
  return {
    types: frames(btf, Number(kernel.symbol('__stop_BTF') - btf)),
    'read-only data': frames(kernel.symbol('__start_rodata'), Number(btf - kernel.symbol('__start_rodata'))), // kallsyms lie in it
    VMCOREINFO: frames(kernel.memory.u64(kernel.symbolNamed('vmcoreinfo_data')), 4096),
    tasks: tasks.flatMap((task) => frames(task.$address, 4096)),
    processes: tasks
      .flatMap((task) => (task.mm ? frames(task.mm.$address, 1024) : []))
      .concat(tasks.flatMap((task) => (task.signal ? frames(task.signal.$address, 512) : []))),
    stacks: tasks.flatMap((task) => frames(task.stack, 16384)),
    nodes: frames(node.$address, kernel.sizeOf('pglist_data')),
    data: frames(kernel.symbolNamed('_sdata'), Number(kernel.symbolNamed('_edata') - kernel.symbolNamed('_sdata'))),
    'page tables': frames(kernel.symbolNamed('init_top_pgt'), 4096),
    anything: [...kernel.physical!.ranges()].flatMap(({ start, end }) =>
      Array.from({ length: 200 }, (_, i) => Math.floor((start + ((end - start) * i) / 200) / 4096)),
    ),
  };
}
