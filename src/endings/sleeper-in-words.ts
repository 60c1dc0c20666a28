import type { Kernel } from '../kernel/kernel.js';
import { toldTask, type Task } from '../linux/sched/tasks.js';
import { ownFunction, sleepingContext, type Activation } from '../locks/contexts.js';
import { functionNamed } from './kept.js';
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
  const places = placesOf(kernel, task);
  const where = toldJoined(
    places.map((place, i) => placeTold(place, `${role}.in${i === 0 ? '' : ` ${i + 1}`}`)),
    ' ← ',
  );
  return told`${toldTask(kernel, task, role)}${places.length === 0 ? '' : told` in ${where}`}`;
}

/** Where it sleeps, and who wants what it sleeps for. */
function placesOf(kernel: Kernel, task: Task): readonly Activation[] {
  const context = sleepingContext(kernel, task);
  const own = ownFunction(context);
  if (own === undefined) return [];
  const activations = context.segments[0]?.activations ?? [];
  const caller = activations.slice(activations.indexOf(own)).find(isNoPrimitive);
  return caller === undefined || caller === own ? [own] : [own, caller];
}

/** "tasks asleep in acme_thread [acme]": the first by name of those that want something. */
export function asleepProblem(kernel: Kernel, tasks: readonly Task[]): string | undefined {
  const wanting = tasks.flatMap((task) => placesOf(kernel, task).at(-1) ?? []).map(functionNamed);
  const [first] = wanting.filter((name) => name !== '').toSorted();
  return first === undefined ? undefined : `tasks asleep in ${first}`;
}

function isNoPrimitive({ name }: Activation): boolean {
  return name !== '' && !PRIMITIVES.test(name);
}
