import type { Kernel } from '../kernel/kernel.js';
import { toldTask, type Task } from '../linux/sched/tasks.js';
import { ownFunction, sleepingContext, type Activation } from '../locks/contexts.js';
import { placeTold } from '../locks/findings/waits-in-words.js';
import { told, toldJoined, type Told } from '../words/told.js';

/** Functions by which anybody waits: what for, their caller tells. */
const PRIMITIVES = new RegExp(
  [
    '^(?:bit_wait\\w*|_*wait_on_bit\\w*|out_of_line_wait_on_bit\\w*|(?:folio|page)_wait_bit\\w*|wait_on_page_bit\\w*',
    '(?:do_|_*)wait_for_common|_*wait_for_completion\\w*|rq_qos_wait|_*mutex_lock\\w*|rwsem_\\w+|down_\\w+',
    '_*rt_mutex_\\w+|_*percpu_(?:rwsem|down)_\\w+)$',
  ].join('|'),
);

/** "mysqld (110) in folio_wait_writeback+0x2b ← file_write_and_wait_range+0x9a" */
export function sleeperTold(kernel: Kernel, task: Task, role: string): Told {
  const context = sleepingContext(kernel, task);
  const own = ownFunction(context);
  const activations = context.segments[0]?.activations ?? [];
  const caller = own === undefined ? undefined : activations.slice(activations.indexOf(own)).find(isNoPrimitive);
  const places = own === undefined ? [] : caller === undefined || caller === own ? [own] : [own, caller];
  const where = toldJoined(
    places.map((place, i) => placeTold(place, `${role}.in${i === 0 ? '' : ` ${i + 1}`}`)),
    ' ← ',
  );
  return told`${toldTask(kernel, task, role)}${places.length === 0 ? '' : told` in ${where}`}`;
}

function isNoPrimitive({ name }: Activation): boolean {
  return name !== '' && !PRIMITIVES.test(name);
}
