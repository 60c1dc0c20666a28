/**
 * `bt -a` with a vmlinux beside drgn's stack traces of the same CPUs, and all tasks' stacks without a vmlinux in one
 * run: `npm run build && npx jiti bench/bt.ts DUMPS VMLINUX`.
 * DUMPS is the folder of unpacked dumps, VMLINUX Debian's with DWARF (the dump's get-vmlinux fetches it). DRGN names
 * drgn, where it is not in the PATH.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { measure, printTable, type Run } from './measure.js';

const [, , dumps = process.env['OOMPM_DUMPS'] ?? '.dumps', vmlinux = ''] = process.argv;
const oompm = ['node', 'bin/oompm.js'];
const debian = join(dumps, 'debian-6.1-global-panic', 'vmcore');
const many = join(dumps, '5.10-many-panic', 'vmcore');

const onEachCpu =
  'from drgn.helpers.linux import *\nfor cpu in for_each_possible_cpu(prog):\n  print(prog.stack_trace(cpu_curr(prog, cpu)))\n';
const ofEachTask =
  'from drgn.helpers.linux import *\nfor t in for_each_task(prog):\n  print(t.pid.value_(), t.comm.string_())\n  print(prog.stack_trace(t))\n';
const drgn = (vmcore: string, kernel: string, script: string) => [
  process.env['DRGN'] ?? 'drgn',
  '-q',
  '-c',
  vmcore,
  '-s',
  kernel,
  '-e',
  script,
];

const ownVmlinux = join(dumps, 'vmlinux-5.10');
const groups: { what: string; command: readonly string[] }[][] = [
  existsSync(vmlinux)
    ? [
        { what: 'drgn: what each CPU runs, Debian', command: drgn(debian, vmlinux, onEachCpu) },
        { what: 'oompm bt -a +vmlinux, Debian', command: [...oompm, 'bt', debian, vmlinux, '-a'] },
        { what: 'oompm bt -a, Debian', command: [...oompm, 'bt', debian, '-a', '--no-search'] },
      ]
    : [],
  [
    { what: 'drgn: all of 442 tasks', command: drgn(many, ownVmlinux, ofEachTask) },
    { what: 'oompm bt --all +vmlinux, 442 tasks', command: [...oompm, 'bt', many, ownVmlinux, '--all'] },
    { what: 'oompm bt --all, 442 tasks', command: [...oompm, 'bt', many, '--all', '--no-search'] },
  ],
];

for (const group of groups) {
  const results: { what: string; run: Run | undefined }[] = group.map(({ what, command }) => ({
    what,
    run: measure(command),
  }));
  const reference = results.find(({ what }) => what.startsWith('drgn'))?.run?.wallSeconds;
  if (results.length > 0) {
    printTable(
      results.map(({ what, run }) => ({
        what,
        'wall s': run ? run.wallSeconds.toFixed(2) : 'not installed',
        'cpu s': run ? run.cpuSeconds.toFixed(2) : '',
        'peak MiB': run ? run.peakMiB.toFixed(0) : '',
        exit: run?.exitCode ?? '',
        'wall / drgn': run && reference ? (run.wallSeconds / reference).toFixed(2) : '',
      })),
    );
  }
}
