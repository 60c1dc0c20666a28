import type { Gap, Kernel } from 'oompm';
import { lossesInWords, withGaps } from 'oompm/linux';
import type { ReportPart } from 'oompm/oom';

/**
 * Reads a report part by part. One that can't be read is left out; one of which not all could be read is told in
 * `incomplete`, the smallest that it was: what befell `event.uid` is no matter of the rest of the event.
 */
export class Parts {
  readonly incomplete: Partial<Record<ReportPart, string>> = {};
  /** What parts within the one that is being read have met. */
  #within = new Set<string>();

  constructor(readonly kernel: Kernel) {}

  read<T>(part: ReportPart, read: () => T): T | undefined {
    const around = this.#within;
    this.#within = new Set();
    const { result, gaps } = withGaps(this.kernel, () => this.kernel.attempt(inWords(part), read));
    const met = lossesInWords(
      gaps.filter((gap) => !this.#within.has(keyOf(gap)) && (restOnModules.has(part) || !ofModules.has(gap.what))),
    );
    if (met !== undefined) this.incomplete[part] ??= met;
    this.#within = new Set([...around, ...gaps.map(keyOf)]);
    return result;
  }
}

function keyOf({ what, reason }: Gap): string {
  return `${what}\0${reason}`;
}

/**
 * A part is told as a user would name it, not by its path in the report's model: "beyond.slabCaches" is "slab caches".
 */
function inWords(part: ReportPart): string {
  const name = part.slice(part.lastIndexOf('.') + 1);
  return (
    named[part] ??
    name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').replaceAll(/[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase())
  );
}

/** Of which the model's name says too little, or is none of the field's. */
const named: Readonly<Partial<Record<ReportPart, string>>> = {
  event: 'the OOM event',
  'event.totalPages': 'total RAM and swap',
  'event.oomScoreAdj': 'oom_score_adj',
  'event.cpuset': 'cpuset',
  'event.memsAllowed': 'mems_allowed',
  'event.uid': 'uid',
  'event.pid': 'pid',
  memInfo: 'Mem-Info',
  memcg: 'the memory cgroup',
  'memcg.taskPath': 'the cgroup of the victim',
  'memcg.protectionKB': 'memory.min and memory.low',
  'memcg.stat': 'memory.stat',
  'beyond.percpuPages': 'per-CPU memory',
  'beyond.vmallocPages': 'vmalloc memory',
  'beyond.kernelStackKB': 'kernel stacks',
  'beyond.pagetablePages': 'page tables',
  'beyond.victims': 'OOM victims',
  'beyond.reaperQueue': 'oom_reaper_list',
  'beyond.locked': 'locked memory',
  'beyond.pinned': 'pinned memory',
  'beyond.passedOver': 'tasks that were passed over',
  slab: 'unreclaimable slabs',
  selected: 'the selected task',
  totals: 'total RAM',
  pageCachePages: 'page cache',
};

/** zram's own symbols, and the code that victims' threads are in. */
const restOnModules: ReadonlySet<ReportPart> = new Set(['beyond.zram', 'beyond.victims']);
/**
 * What stands in the way of a module's symbols: one that the kernel has not is looked for among these too, and no other
 * part rests on any.
 */
const ofModules = new Set(['modules', 'list of module.list', 'module.kallsyms']);
