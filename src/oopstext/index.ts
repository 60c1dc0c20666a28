/** Oopses as kernels print them: read from a log beside its timeline, and what they say. */
export { OopsReader, type LoggedOopses } from './oops-reader.js';
export { judgeOopses, oopsTextFindingKinds, oopsTextFindings } from './judge-oops-text.js';
export type { OopsText, TextFault } from './oops-text.js';
