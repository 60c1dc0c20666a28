export * from './model.js';
export { explainLog, reportsIn } from './parse/explain.js';
export type { LogSource } from './parse/source.js';
