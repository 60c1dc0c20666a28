import { badnessOf } from '../badness.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { choice, chosenKind } from './victim/chosen.js';
import { group, groupKind } from './victim/group.js';
import { nobody, noneKind, panicKind } from './victim/nobody.js';
import { hidden, hiddenKind, smallKind } from './victim/not-chosen.js';

/** Whether the right victim was chosen, who else would have been, and what the kill freed. */
export const victim: Verdict = {
  id: 'oom.victim',
  kinds: [chosenKind, noneKind, panicKind, hiddenKind, smallKind, groupKind],
  judge(report) {
    if (report.kind !== 'oom') return notSo('no OOM kill');
    const ranked = badnessOf(report).filter((one) => one.notEligible === undefined);
    // A report filled from memory names whom the kernel would have chosen; panic_on_oom stopped it before.
    // Where the log's end can't be read, it may have been so too.
    const stopped = report.panic !== undefined || (report.kills.length === 0 && report.incomplete?.panic !== undefined);
    const chosen = report.kills[0]?.pid ?? (stopped ? undefined : report.selected?.pid);
    const found = [
      ...(chosen === undefined ? nobody(report, ranked) : [choice(report, ranked, chosen)]),
      ...hidden(report, ranked[0]?.task),
      ...group(report),
    ];
    return found.length === 0 ? notSo('neither a victim nor a task table is in the report') : so(...found);
  },
};
