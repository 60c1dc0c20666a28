export * from './model.js';
export { explainLog, reportsIn } from './parse/explain.js';
export type { LogSource } from './parse/source.js';
export { compareReports, type ComparedLine } from './layout/compare.js';
export { featuresOf, taskColumnsWithPgtables, taskColumnsWithRssSplit, type ReportFeatures } from './layout/features.js';
export { printedReport } from './layout/printed.js';
export { kernelReport } from './layout/report.js';
