import { definePlugin, InputError, type Kernel, type View } from 'oompm';
import { printedReport } from 'oompm/oom';

import { eventsOf } from './events.js';
import { beyondTheLog } from './from-memory/beyond.js';
import { stateReport, type RebuiltReport } from './from-memory/report.js';
import { victimsBeyond } from './from-memory/victims.js';
import { logText } from './log-text.js';
import { comparedView, kernelFormatView } from './views/kernel-format.js';
import { eventsView, reportViews } from './views/report.js';
import { stateViews } from './views/state.js';

export default definePlugin({
  id: 'oom',
  summary: 'Why memory ran out: the OOM event, what held the memory, who was killed',
  flags: {
    format: { type: 'string', options: ['kernel'], summary: "kernel: the report in this kernel's own layout, rebuilt from memory" },
    compare: { type: 'boolean', summary: 'hold the rebuilt report against the one in the log, line by line' },
    event: { type: 'integer', char: 'e', min: 1, summary: "an event of the log, by its number in the list of events" },
  },
  examples: ['vmcore', 'vmcore --format kernel', 'vmcore --compare', 'vmcore --event 1'],
  *run(kernel, { format, compare, event }) {
    if (format === 'kernel') yield kernelFormatView(lastRebuilt(kernel));
    else if (compare) yield* compared(kernel);
    else if (event !== undefined) yield* logged(kernel, event);
    else yield* story(kernel);
  },
});

/** The event in progress; without one what show_mem() would print. */
function lastRebuilt(kernel: Kernel): RebuiltReport {
  return eventsOf(kernel).current.at(-1) ?? stateReport(kernel);
}

function* compared(kernel: Kernel): Generator<View> {
  const current = eventsOf(kernel).current.at(-1);
  if (current === undefined) throw new InputError('no OOM event was in progress when the machine stopped: memory is no longer as it was when the report was printed');
  if (current.printed === undefined) throw new InputError('the log has no report of the OOM event that was in progress');
  yield* comparedView(current, printedReport(logText(kernel), current.printed));
}

/** @throws InputError where the log has no such event */
function* logged(kernel: Kernel, number: number): Generator<View> {
  const reports = eventsOf(kernel).logged;
  const report = reports[number - 1];
  if (report === undefined) throw new InputError(`the log has ${reports.length === 0 ? 'no memory event' : `${reports.length} memory events`}; there is no event ${number}`);
  yield* reportViews(report);
}

function* story(kernel: Kernel): Generator<View> {
  const events = eventsOf(kernel);
  const current = events.current.at(-1);
  if (current !== undefined) {
    const nodes = current.report.nodes?.map(({ node }) => node);
    yield* reportViews({ ...current.report, beyond: beyondTheLog(kernel, nodes, current.candidates) });
  } else {
    const last = events.logged.at(-1);
    if (last !== undefined) yield* reportViews({ ...last, beyond: victimsBeyond(kernel) });
    const state = stateReport(kernel);
    yield* stateViews({ ...state.report, beyond: beyondTheLog(kernel, undefined, state.candidates) }, last);
  }
  if (events.logged.length > 1 || current === undefined) yield eventsView(events.logged);
}
