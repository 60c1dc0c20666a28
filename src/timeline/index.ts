/** What happened to a machine before its end: the events of its log, of any release, and of its memory. */
export { eventNames, type EventName, type Gravity } from './event-names.js';
export {
  eventInWords,
  isImportant,
  placeInWords,
  taskInWords,
  type FoldedEvent,
  type Place,
  type TimelineEvent,
  type Witness,
} from './event.js';
export { folded } from './fold.js';
export { holeIn, loggedReports } from './logged-reports.js';
export { timelineFindingKinds, timelineFindings } from './judge-timeline.js';
export { timelineOfRecords, type Timeline, type TimelineRecord } from './timeline.js';
export { TextTimeline } from './text-timeline.js';
export { timelineOf, type KernelTimeline } from './timeline-of.js';
