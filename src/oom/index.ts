/** OOM reports as data, read from a log or filled from memory; what they amount to; the kernel's own layout. */
export * from './model.js';
export { scopeOf, type Scope } from './scope.js';
export { explainLog, reportsIn } from './parse/explain.js';
export { reportsInRecords, type KernelRecord } from './parse/records.js';
export type { LogSource } from './parse/source.js';
export { compareReports, type ComparedLine } from './layout/compare.js';
export {
  featuresOf,
  taskColumnsWithPgtables,
  taskColumnsWithRssSplit,
  type ReportFeatures,
} from './layout/features.js';
export { printedReport } from './layout/printed.js';
export { kernelReport } from './layout/report.js';
export { badnessOf, footprintPages, totalPages, type Badness } from './badness.js';
export { gfpFlags, gfpMeaning, requestInWords, withNames, type GfpMeaning } from './gfp.js';
export { judge, oomFindingKinds, rejected, verdicts } from './judge.js';
export { chargedTo, type Charged } from './verdicts/memory-held.js';
export { consumers, type Consumer } from './verdicts/consumers.js';
export { earlierFinding } from './verdicts/earlier.js';
export { afterwards } from './verdicts/afterwards.js';
export type { Answer, Verdict } from './verdict.js';
export { zoneTries, type ZoneTry } from './verdicts/watermark.js';
export { zonesAllowed, zoneTypes } from './zones.js';
