import { keepCompiledCode } from '../../app/compiled-code.js';

/** Where the screens' second worker starts: before its code is loaded. */
keepCompiledCode();
void import('./doors-worker.js');
