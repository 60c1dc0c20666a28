import { definePlugin, InputError, type Kernel, type View } from 'oompm';
import { endingOf } from 'oompm/endings';
import { kernelRecords, kernelTaints } from 'oompm/linux';
import { firstOops, oopsRecords, printedOopses } from 'oompm/oops';

import { comparedViews, type PrintedToo } from './compared.js';
import { noExceptionView } from './no-exception.js';
import { firstOopsView, recordView, registersView } from './record-views.js';

export default definePlugin({
  id: 'oops',
  summary: 'The record of the exception, warning or lockup that ended the kernel, rebuilt from memory',
  flags: {
    compare: { type: 'boolean', summary: 'compare the rebuilt record with the one in the log, line by line' },
    brief: { type: 'boolean', char: 'b', summary: 'the registers and the code at the exception alone' },
  },
  // The overview says what happened, and bt has the stack.
  inReport: { brief: true },
  examples: ['vmcore', 'vmcore --compare'],
  *run(kernel, { compare, brief }) {
    if (compare) yield* compared(kernel);
    else if (brief) yield* registersView(oopsRecords(kernel));
    else yield* whole(kernel);
  },
});

function* whole(kernel: Kernel): Generator<View> {
  const records = oopsRecords(kernel);
  if (!records.some(({ kind }) => kind === 'exception')) yield noExceptionView(kernel, endingOf(kernel));
  for (const record of records) yield recordView(record);
  const first = firstOops(kernel);
  if (first !== undefined)
    yield firstOopsView(
      first,
      printedOopses(kernelRecords(kernel)).find(({ number }) => number === 1),
    );
}

/** Why the end has no record. A panic behind an oops, or what else set that taint, dumps no stack. */
function whyNone(kernel: Kernel): string {
  if (endingOf(kernel) === undefined) return 'the kernel did not panic, or the stack of the CPU that did is gone';
  return kernel.attempt('tainted_mask', () => kernelTaints(kernel))?.some(({ letter }) => letter === DIED) === true
    ? 'an oops went before the panic, which dumps no stack then'
    : 'the stack of the CPU that panicked does not have its panic()';
}

const DIED = 'D';

function* compared(kernel: Kernel): Generator<View> {
  const records = oopsRecords(kernel);
  if (records.length === 0) throw new InputError(`no record can be rebuilt: ${whyNone(kernel)}`);
  const both = records.filter((record): record is PrintedToo => record.printed !== undefined);
  if (both.length === 0) throw new InputError('the log has no record of what ended the kernel');
  yield* comparedViews(both);
}
