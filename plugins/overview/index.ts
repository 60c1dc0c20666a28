import { definePlugin, facts, findings, table } from 'oompm';
import { endingFindings } from 'oompm/endings';

import { cpuColumns, cpuRows } from './cpus.js';
import { dumpFacts } from './dump.js';
import { endFacts } from './end.js';
import { machineFacts } from './machine.js';

export default definePlugin({
  id: 'overview',
  summary: 'The machine, why it stopped, and how complete the dump is',
  examples: ['vmcore', 'vmcore --format json'],
  *run(kernel) {
    const ending = endingFindings(kernel);
    if (ending.length > 0)
      yield findings(
        'The end',
        ending.map((finding) => ({ ...finding, views: ['end', 'bt/cpus', 'log/log'] })),
        { id: 'findings' },
      );
    yield facts('How it ended', endFacts(kernel, ending[0]), { headline: 'end' });
    yield facts('Machine', machineFacts(kernel));
    yield table('CPUs', cpuColumns, cpuRows(kernel));
    yield facts('Dump', dumpFacts(kernel));
  },
});
