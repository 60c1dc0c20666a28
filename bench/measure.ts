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

/** The median run of several, after one that is not counted. Needs GNU time (Debian: time). */
export function measure(command: readonly string[], options: { runs?: number; input?: string; env?: Record<string, string> } = {}): Run | undefined {
  const [program = ''] = command;
  if (!isInstalled(program)) return undefined;
  const runs = Array.from({ length: (options.runs ?? 5) + 1 }, () => once(command, options)).slice(1);
  return runs.toSorted((a, b) => a.wallSeconds - b.wallSeconds)[Math.floor(runs.length / 2)];
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
  const [wall, user, system, peak] = (readFileSync(report, 'utf8').trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  rmSync(folder, { recursive: true });
  return { wallSeconds: wall ?? NaN, cpuSeconds: (user ?? NaN) + (system ?? NaN), peakMiB: (peak ?? NaN) / 1024, exitCode: result.status };
}

function isInstalled(program: string): boolean {
  return existsSync('/usr/bin/time') && spawnSync('sh', ['-c', `command -v "${program}"`]).status === 0;
}

/** Prints rows of equal keys as a table. */
export function printTable(rows: readonly Readonly<Record<string, string | number>>[]): void {
  const keys = Object.keys(rows[0] ?? {});
  const lines = [keys, ...rows.map((row) => keys.map((key) => String(row[key] ?? '')))];
  const widths = keys.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  for (const line of lines) console.log(line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '));
}
