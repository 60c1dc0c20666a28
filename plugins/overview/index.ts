import { definePlugin, facts, table } from 'oompm';

import { cpuColumns, cpuRows } from './cpus.js';
import { dumpFacts } from './dump.js';
import { endFacts } from './end.js';
import { machineFacts } from './machine.js';

export default definePlugin({
  id: 'overview',
  summary: 'The machine, why it stopped, and how complete the dump is',
  examples: ['vmcore', 'vmcore --format json'],
  *run(kernel) {
    yield facts('How it ended', endFacts(kernel), { headline: 'end' });
    yield facts('Machine', machineFacts(kernel));
    yield table('CPUs', cpuColumns, cpuRows(kernel));
    yield facts('Dump', dumpFacts(kernel));
  },
});
