import { definePlugin } from 'oompm';
import { reportsIn } from 'oompm/oom';

import { logText } from './log-text.js';
import { eventsView, reportViews } from './views/report.js';

export default definePlugin({
  id: 'oom',
  summary: 'Why memory ran out: the OOM event, what held the memory, who was killed',
  examples: ['vmcore'],
  *run(kernel) {
    const reports = reportsIn(logText(kernel));
    const last = reports.at(-1);
    if (last !== undefined) yield* reportViews(last);
    yield eventsView(reports);
  },
});
