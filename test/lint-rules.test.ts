import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'oompm-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The lines that oxlint finds fault with. */
function faulty(lines: readonly string[], options: readonly unknown[] = [], rule = 'no-default-for-unread'): string[] {
  writeFileSync(join(folder, 'code.js'), lines.join('\n'));
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({
      plugins: [],
      categories: { correctness: 'off' },
      jsPlugins: [resolve('scripts/lint-rules.js')],
      rules: { [`oompm/${rule}`]: ['error', ...options] },
    }),
  );
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [resolve('node_modules/oxlint/bin/oxlint'), '-c', 'config.json', '-f', 'unix', 'code.js'],
    { cwd: folder, encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  return [...stdout.matchAll(/code\.js:(\d+):/g)].map(([, line]) => lines[Number(line) - 1]!);
}

const defaults = [
  'zone.pages ?? 0;',
  'task.stack ?? 0n;',
  'counted || 0;',
  "cache.name ?? '';",
  'progress.stuck ?? false;',
  'sums.set(cpu, counters.get(cpu) ?? 0);',
  'sums.set(cpu, (sums.get(other) ?? 0) + 1);',
  'sums[i] = (counts[i] ?? 0) + 1;',
  'zones.flatMap((zone) => read(zone) ?? 0);',
];
const lists = ['list() ?? [];', 'zones.map((zone) => read(zone) ?? []);'];
const idioms = [
  'counters.get(name);',
  'name ?? `zone ${index}`;',
  'pages ?? null;',
  'ready && 0;',
  'sums.set(cpu, (sums.get(cpu) ?? 0) + 1);',
  'byKey.set(key, [...(byKey.get(key) ?? []), one]);',
  'sums[i] = (sums[i] ?? 0) + count;',
  'zones.flatMap((zone) => read(zone) ?? []);',
  'zones.flatMap((zone) => { look(zone); return read(zone) ?? []; });',
];

test('a default for what was not read is found, what begins with nothing is let be', () => {
  expect(faulty([...defaults, ...lists, ...idioms])).toEqual([...defaults, ...lists]);
});

test('lists may be left out of it', () => {
  expect(faulty([...defaults, ...lists, ...idioms], [{ lists: false }])).toEqual(defaults);
});

test('a catch of what can’t be read is found, one of anything else is let be', () => {
  const catches = [
    'try { read(); } catch (error) { if (!isGapError(error)) throw error; }',
    'try { read(); } catch (error) { if (error instanceof ReadError) give(undefined); }',
    'try { read(); } catch (error) { [1].map(() => error instanceof ShapeError); }',
  ];
  const others = [
    'try { new RegExp(source); } catch (error) { throw new InputError(`${error}`); }',
    'try { read(); } catch (error) { if (!(error instanceof DwarfError)) throw error; }',
    'readOr(read, (error) => error instanceof ShapeError);',
  ];
  expect(faulty([...catches, ...others], [], 'one-place-catches')).toEqual(catches);
});

test('a member left out by hand where it is undefined is found, another condition is let be', () => {
  const byHand = [
    'f({ ...(pid === undefined ? {} : { pid }) });',
    'f({ ...(task.pid !== undefined ? { id: task.pid } : {}) });',
    'f({ ...(task?.pid === undefined ? {} : { pid: task.pid }) });',
  ];
  const otherwise = [
    'f({ ...defined({ pid }) });',
    'f({ ...(pid === undefined ? {} : { pid: Number(pid) }) });',
    'f({ ...(pid === null ? {} : { pid }) });',
    'f({ ...(pid === undefined ? {} : { pid, comm }) });',
    'f({ ...(pid === undefined ? all : { pid }) });',
  ];
  expect(faulty([...byHand, ...otherwise], [], 'use-defined')).toEqual(byHand);
});

test('a symbol that is named where no declaration holds it is found', () => {
  const named = ["kernel.symbols.addressOf('prb');", "symbols.lookup('prb');", "kernel.symbolNamed('prb');"];
  const declared = ["kernel.findSymbol('prb');", 'kernel.symbols.lookup(word);', 'kernel.symbolNamed(name);'];
  expect(faulty([...named, ...declared], [], 'symbols-are-declared')).toEqual(named);
});

test('a choice within a choice is found where it goes deep or stands within a text', () => {
  const deep = [
    'say(a ? 1 : b ? 2 : c ? 3 : 4);',
    'say(a ? (b ? 1 : 2) : 3);',
    'say((a ? b : c) ? 1 : 2);',
    "say(`is ${a ? 'one' : b ? 'two' : 'three'}`);",
  ];
  const shallow = [
    'say(a ? 1 : b ? 2 : 3);',
    'say(a ? 1 : 2);',
    "say(`is ${a ? 'one' : 'two'}`);",
    'say(a ? x(b ? 1 : 2) : 3);',
  ];
  expect(faulty([...deep, ...shallow], [], 'shallow-choices')).toEqual(deep);
});
