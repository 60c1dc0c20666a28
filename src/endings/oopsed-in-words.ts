import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { Kernel } from '../kernel/kernel.js';
import { toldTask } from '../linux/sched/tasks.js';
import { codePlace, type CodePlace } from '../stack/code.js';
import { number, word } from '../words/known-facts.js';
import { sourceName } from '../words/source-name.js';
import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';
import { withModule } from '../words/with-module.js';

/** Where the first oops was: the kernel keeps its registers (exec_summary_regs). */
function firstPlace(kernel: Kernel): { readonly ip: bigint; readonly place: CodePlace } | undefined {
  const kept = kernel.findSymbol('exec_summary_regs');
  if (kept === undefined) return undefined;
  return kernel.attempt('exec_summary_regs', () => {
    const { ip } = stacksOf(kernel).oops.savedAt(kernel, kept).registers;
    const place = codePlace(kernel, ip);
    return place && { ip, place };
  });
}

function nameOf({ function: name, module }: CodePlace): string {
  return withModule(sourceName(name), module);
}

/** "acme_depth+0x5 [acme]" */
function placeInWords({ function: name, offset, module }: CodePlace): string {
  return withModule(`${sourceName(name)}+0x${offset.toString(16)}`, module);
}

/** "insmod (148) died of oops #2; the first was in acme_depth+0x5 [acme]" */
export function oopsedTold(kernel: Kernel, { context }: Ending): Told {
  const count = kernel.hasGlobal('die_counter')
    ? kernel.attempt('die_counter', () => kernel.global('die_counter'))
    : undefined;
  const which = count === undefined ? 'an oops' : told`oops #${number('oopses', count, 'die_counter')}`;
  const first = firstPlace(kernel);
  const source = `ip of exec_summary_regs, 0x${first?.ip.toString(16)}`;
  const where =
    first === undefined ? '' : told`; the first was in ${word('first in', placeInWords(first.place), source)}`;
  const who = context.task === undefined ? 'A task' : toldTask(kernel, context.task, 'task');
  return told`${who} died of ${which}${where}`;
}

/** Of the first of them, which may have brought on the others. */
export function oopsedProblem(kernel: Kernel): string | undefined {
  const first = firstPlace(kernel);
  return first && `an oops in ${nameOf(first.place)}`;
}
