/**
 * `analyze` on Debian's 6.1 dump, alone and with its vmlinux, beside drgn (load the same files, list the tasks) and crash
 * (start), in one run: `npm run build && npx jiti bench/analyze.ts DUMPS VMLINUX`.
 * DUMPS is the folder of unpacked dumps, VMLINUX Debian's with DWARF (the dump's get-vmlinux fetches it).
 */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure, printTable, type Run } from './measure.js';

const [, , dumps = process.env['OOMPM_DUMPS'] ?? '.dumps', vmlinux = ''] = process.argv;
const vmcore = join(dumps, 'debian-6.1-global-panic', 'vmcore');
const oompm = ['node', 'bin/oompm.js'];
const listTasks = join(mkdtempSync(join(tmpdir(), 'oompm-bench-')), 'tasks.py');
writeFileSync(listTasks, 'from drgn.helpers.linux import *\nfor t in for_each_task(prog):\n  print(t.pid.value_(), t.comm.string_())\n');

const commands: [name: string, command: readonly string[], input?: string][] = [
  ['node -e 0', ['node', '-e', '0']],
  ['oompm analyze', [...oompm, 'analyze', vmcore, '--no-search']],
];
if (existsSync(vmlinux)) {
  commands.push(
    ['oompm analyze +vmlinux', [...oompm, 'analyze', vmcore, vmlinux]],
    ['oompm analyze +vmlinux --types dwarf', [...oompm, 'analyze', vmcore, vmlinux, '--types', 'dwarf']],
    ['drgn: list tasks', ['drgn', '-q', '-c', vmcore, '-s', vmlinux, listTasks]],
    ['crash: start', ['crash', '-s', vmlinux, vmcore], 'quit\n'],
  );
}

const results: { name: string; run: Run | undefined }[] = commands.map(([name, command, input]) => ({
  name, run: measure(command, input === undefined ? {} : { input }),
}));
const reference = results.find(({ name }) => name.startsWith('drgn'))?.run?.wallSeconds;

printTable(results.map(({ name, run }) => ({
  what: name,
  'wall s': run ? run.wallSeconds.toFixed(2) : 'not installed',
  'cpu s': run ? run.cpuSeconds.toFixed(2) : '',
  'peak MiB': run ? run.peakMiB.toFixed(0) : '',
  exit: run?.exitCode ?? '',
  'wall / drgn': run && reference ? (run.wallSeconds / reference).toFixed(2) : '',
})));
