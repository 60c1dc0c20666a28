/**
 * `analyze` on Debian's 6.1 dump, alone and with its vmlinux, beside drgn (load the same files, list the tasks) and
 * crash (start), in turn, 11 rounds; "first time" is a run for which no symbols and types are kept, as a dump's first
 * one is. The ratios are medians over the rounds:
 * `npm run build && npx jiti bench/analyze.ts DUMPS VMLINUX [PACKAGE]`. PACKAGE is a folder with another build.
 * DUMPS is the folder of unpacked dumps, VMLINUX Debian's with DWARF (the dump's get-vmlinux fetches it).
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { against, inTurn, printTable, type Measured } from './measure.js';

const [, , dumps = process.env['OOMPM_DUMPS'] ?? '.dumps', vmlinux = '', ...other] = process.argv;
const vmcore = join(dumps, 'debian-6.1-global-panic', 'vmcore');
const oompm = ['node', 'bin/oompm.js'];
const listTasks = join(mkdtempSync(join(tmpdir(), 'oompm-bench-')), 'tasks.py');
writeFileSync(
  listTasks,
  'from drgn.helpers.linux import *\nfor t in for_each_task(prog):\n  print(t.pid.value_(), t.comm.string_())\n',
);

// A "first time" takes away what is kept, and leaves it for the run after it.
const cache = mkdtempSync(join(tmpdir(), 'oompm-bench-cache-'));
const env = { XDG_CACHE_HOME: cache };
const forget = (): void => rmSync(join(cache, 'oompm', 'indexes'), { recursive: true, force: true });
const commands: Measured[] = [
  { name: 'node -e 0', command: ['node', '-e', '0'] },
  { name: 'oompm analyze, first time', command: [...oompm, 'analyze', vmcore, '--no-search'], env, before: forget },
  { name: 'oompm analyze', command: [...oompm, 'analyze', vmcore, '--no-search'], env },
  ...(existsSync(vmlinux)
    ? [
        {
          name: 'oompm analyze +vmlinux, first time',
          command: [...oompm, 'analyze', vmcore, vmlinux],
          env,
          before: forget,
        },
        { name: 'oompm analyze +vmlinux', command: [...oompm, 'analyze', vmcore, vmlinux], env },
        {
          name: 'oompm analyze +vmlinux --types dwarf',
          command: [...oompm, 'analyze', vmcore, vmlinux, '--types', 'dwarf'],
          env,
        },
        { name: 'drgn: list tasks', command: ['drgn', '-q', '-c', vmcore, '-s', vmlinux, listTasks] },
        { name: 'crash: start', command: ['crash', '-s', vmlinux, vmcore], input: 'quit\n' },
      ]
    : []),
  ...other.map((folder) => ({
    name: `${folder}: analyze`,
    command: ['node', join(folder, 'bin/oompm.js'), 'analyze', vmcore, '--no-search'],
  })),
];

const runs = inTurn(commands);
const drgn = runs.get('drgn: list tasks') ?? [];
printTable(
  commands.map(({ name }) => {
    const own = runs.get(name)!;
    if (own.length === 0) return { what: name, 'wall s': 'not installed' };
    const reference = drgn.length > 0 ? drgn : own;
    const wall = against(own, reference, (run) => run.wallSeconds);
    const cpu = against(own, reference, (run) => run.cpuSeconds);
    const peak = against(own, reference, (run) => run.peakMiB);
    return {
      what: name,
      'wall s': wall.median.toFixed(2),
      '× drgn': wall.ratio.toFixed(2),
      'cpu s': cpu.median.toFixed(2),
      '× drgn ': cpu.ratio.toFixed(2),
      'peak MiB': peak.median.toFixed(0),
      exit: own[0]!.exitCode ?? '',
    };
  }),
);
