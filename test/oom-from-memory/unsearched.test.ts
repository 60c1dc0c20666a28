import { expect, test } from 'vitest';

import { eventsOf } from '../../plugins/oom/events.js';
import { stateReport } from '../../plugins/oom/from-memory/report.js';
import { toyOom, toyOomTypes } from './toy-oom.js';

const callerIn = (kernel: ReturnType<typeof toyOom>) => {
  const { current, unsearched } = eventsOf(kernel);
  expect(current).toEqual([]);
  return stateReport(kernel, unsearched).report.event.caller;
};
const nobody = { certainty: 'certain', because: 'no task was inside out_of_memory() when the machine stopped' };

test.each([
  ['the stack of the one who holds oom_lock is lost', toyOom({}, { lost: ['stack'] })],
  ['oom_lock is lost, and so is a stack', toyOom({}, { lost: ['oom_lock', 'stack'] })],
  [
    'the types do not tell what an oom_control is',
    toyOom(
      {},
      {
        types: toyOomTypes
          .replace('struct oom_control {', 'struct oom_other {')
          .replace('struct oom_control oc;', 'struct oom_other oc;'),
      },
    ),
  ],
])('%s: whether somebody was inside out_of_memory() is not known', (_, kernel) => {
  expect(callerIn(kernel)).toMatchObject({
    certainty: 'possible',
    because: expect.stringMatching(/can't be determined: ./) as string,
  });
});

test.each([
  ['nobody holds oom_lock', toyOom({}, { holder: null })],
  ['nobody holds oom_lock, and a stack is lost', toyOom({}, { holder: null, lost: ['stack'] })],
  ['who holds it has no oom_control', toyOom({ constraint: 4 })],
])('%s: nobody was', (_, kernel) => {
  expect(callerIn(kernel)).toMatchObject(nobody);
});
