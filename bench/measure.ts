import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One finished run of a whole process. */
export interface Run {
  wallSeconds: number;
  cpuSeconds: number;
  peakMiB: number;
  exitCode: number | null;
}

export interface Measured {
  name: string;
  command: readonly string[];
  input?: string;
  env?: Record<string, string>;
  /** Is done before each run, and not measured. */
  before?: () => void;
}

/** The median run of several, after one that is not counted. Needs GNU time (Debian: time). */
export function measure(
  command: readonly string[],
  options: { runs?: number; input?: string; env?: Record<string, string> } = {},
): Run | undefined {
  const [program = ''] = command;
  if (!isInstalled(program)) return undefined;
  const runs = Array.from({ length: (options.runs ?? 5) + 1 }, () => once(command, options)).slice(1);
  return medianBy(runs, ({ wallSeconds }) => wallSeconds);
}

/**
 * Runs of several commands in turn, A B C A B C …, so that a machine that is slow for a while is so for all of them;
 * the first round is not counted. A command whose program is not installed has no runs.
 */
export function inTurn(commands: readonly Measured[], rounds = 11): Map<string, Run[]> {
  const there = commands.filter(({ command: [program = ''] }) => isInstalled(program));
  const runs = new Map(commands.map(({ name }): [string, Run[]] => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const one of there) {
      one.before?.();
      const run = once(one.command, one);
      if (round > 0) runs.get(one.name)!.push(run);
    }
  }
  return runs;
}

/** The median of a figure, and of its ratios to another command's run of the same round. */
export function against(
  runs: readonly Run[],
  reference: readonly Run[],
  figure: (run: Run) => number,
): { median: number; ratio: number } {
  const median = (values: readonly number[]): number => medianBy(values, (value) => value) ?? NaN;
  return {
    median: median(runs.map(figure)),
    ratio: median(runs.map((run, round) => figure(run) / figure(reference[round]!))),
  };
}

function medianBy<T>(values: readonly T[], key: (value: T) => number): T | undefined {
  return values.toSorted((a, b) => key(a) - key(b))[Math.floor(values.length / 2)];
}

function once(command: readonly string[], options: { input?: string; env?: Record<string, string> }): Run {
  const folder = mkdtempSync(join(tmpdir(), 'oompm-bench-'));
  const report = join(folder, 'time');
  const result = spawnSync('/usr/bin/time', ['-o', report, '-f', '%e %U %S %M', ...command], {
    input: options.input ?? '',
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, ...options.env },
    timeout: 600_000,
  });
  const [wall, user, system, peak] = (readFileSync(report, 'utf8').trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  rmSync(folder, { recursive: true });
  return {
    wallSeconds: wall ?? NaN,
    cpuSeconds: (user ?? NaN) + (system ?? NaN),
    peakMiB: (peak ?? NaN) / 1024,
    exitCode: result.status,
  };
}

function isInstalled(program: string): boolean {
  return existsSync('/usr/bin/time') && spawnSync('sh', ['-c', `command -v "${program}"`]).status === 0;
}

/** Prints rows of equal keys as a table. */
export function printTable(rows: readonly Readonly<Record<string, string | number>>[]): void {
  const keys = Object.keys(rows[0] ?? {});
  const lines = [keys, ...rows.map((row) => keys.map((key) => String(row[key] ?? '')))];
  const widths = keys.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  for (const line of lines)
    console.log(
      line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    );
}
