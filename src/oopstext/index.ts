/** Oopses as kernels print them: read line by line from a log, and what the first of them says. */
export { TextOopses } from './text-oopses.js';
export { OopsReader, type TextLine } from './oops-reader.js';
export { oopsTextFindingKinds, oopsTextFindings } from './judge-oops-text.js';
export type { OopsText, TextFault, TextPlace } from './oops-text.js';
