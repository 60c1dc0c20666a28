import { expect, test } from 'vitest';

import { cpuContexts } from '../../src/locks/contexts.js';
import { toyTasks } from '../linux/toy-tasks.js';

// A CPU has a task at all times: where none is found it could not be read.
test('a CPU whose task can’t be read runs an unknown one', () => {
  const label = (lost: readonly string[]): (string | undefined)[] =>
    cpuContexts(toyTasks({}, { cpus: 1, lost })).map((context) => context.label);
  expect(label(['runqueues'])).toEqual(['CPU 0: unknown task']);
  expect(label([])).toEqual(['CPU 0: swapper/0 (0)']);
});
