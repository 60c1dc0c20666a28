/**
 * What `oom` alone costs on each dump that ended in an OOM: the whole command (wall time, CPU, peak memory), beside the
 * rebuilt kernel report alone, which leaves out what memory adds (files, pipes, slab, stacks of victims).
 *
 *   npm run build && npx jiti bench/oom.ts [DUMPS]
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { measure, printTable } from './measure.js';

const [, , dumps = process.env['OOMPM_DUMPS'] ?? '.dumps/all'] = process.argv;
const names = readdirSync(dumps).filter(
  (name) => /-panic$|-kdump-|-reaper$/.test(name) && existsSync(join(dumps, name, 'vmcore')),
);

printTable(
  names.map((name) => {
    const run = measure(['node', 'bin/oompm.js', 'oom', join(dumps, name, 'vmcore'), '--no-search'], { runs: 3 });
    const kernelLines = measure(
      ['node', 'bin/oompm.js', 'oom', join(dumps, name, 'vmcore'), '--no-search', '--format', 'kernel'],
      { runs: 3 },
    );
    return {
      dump: name,
      'wall s': run ? run.wallSeconds.toFixed(2) : 'GNU time is missing',
      'cpu s': run ? run.cpuSeconds.toFixed(2) : '',
      'peak MiB': run ? run.peakMiB.toFixed(0) : '',
      exit: run?.exitCode ?? '',
      '--format kernel, wall s': kernelLines ? kernelLines.wallSeconds.toFixed(2) : '',
    };
  }),
);
