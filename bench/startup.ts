/**
 * What stands between the command and its first word: `--version` (at most 1.5 times Node's own start), `--help` (2),
 * and for comparison one command's help and `explain` of a short log; in CPU seconds, in turn with `node -e 0`.
 * `npm run build && npx jiti bench/startup.ts [PACKAGE]`: PACKAGE is a folder with another build, to be run beside this
 * one.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { globalReport } from '../test/oom/text.js';
import { against, inTurn, printTable } from './measure.js';

const log = join(mkdtempSync(join(tmpdir(), 'oompm-bench-')), 'log.txt');
writeFileSync(log, globalReport);
const builds = ['.', ...process.argv.slice(2)];
const commands = [
  { name: 'node -e 0', command: ['node', '-e', '0'] },
  ...builds.flatMap((folder) =>
    [['--version'], ['--help'], ['ps', '--help'], ['explain', log]].map((words) => ({
      name: `${folder === '.' ? 'oompm' : `${folder}:`} ${words.join(' ')}`,
      command: ['node', join(folder, 'bin/oompm.js'), ...words],
    })),
  ),
];

const runs = inTurn(commands);
const node = runs.get('node -e 0')!;
printTable(
  commands.map(({ name }) => {
    const cpu = against(runs.get(name)!, node, (run) => run.cpuSeconds);
    const wall = against(runs.get(name)!, node, (run) => run.wallSeconds);
    return {
      what: name,
      'cpu s': cpu.median.toFixed(3),
      '× node': cpu.ratio.toFixed(2),
      'wall s': wall.median.toFixed(3),
      '× node ': wall.ratio.toFixed(2),
    };
  }),
);
