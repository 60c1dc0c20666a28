/** The records that a kernel printed as it ended, rebuilt from memory in its own layout, and held against the log. */
export { compareRecord, type ComparedOopsLine } from './compare-record.js';
export { firstOops, type FirstOops } from './first-oops.js';
export { printedOopses, printedRecord, type PrintedRecord } from './printed-records.js';
export type { RecordKind } from './record-kind.js';
export { oopsRecords, type OopsRecord } from './records.js';
export { lineText, type Elsewhere, type PrintedLine } from '../words/printed-line.js';
