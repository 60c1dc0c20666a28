import type { View } from 'oompm';
import { afterwards, type OomReport } from 'oompm/oom';

import { stateVerdictsView } from './findings.js';
import { consumersView, slabView, swapView, zonesView } from './memory.js';
import { tasksView } from './tasks.js';

/** Memory as of the dump, where no event was in progress; held against the last event's report, if there was one. */
export function* stateViews(
  state: OomReport,
  { last, limit }: { last: OomReport | undefined; limit: number | undefined },
): Generator<View> {
  yield stateVerdictsView(afterwards(state, last));
  for (const view of [
    consumersView(state),
    zonesView(state),
    swapView(state),
    slabView(state),
    tasksView(state, limit),
  ]) {
    if (view !== undefined) yield { ...view, id: `${view.id}-now`, title: `${view.title}, at the time of the dump` };
  }
}
