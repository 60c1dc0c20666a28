import { keepCompiledCode } from './compiled-code.js';

/** Where the worker that runs plugins starts: before its code is loaded. */
keepCompiledCode();
void import('../plugin/runner-worker.js');
