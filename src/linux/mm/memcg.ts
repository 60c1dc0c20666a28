import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { cgroupPath } from '../cgroup/cgroup-path.js';
import { readPageCounter, type PageCounter } from './page-counter.js';

/** A memory cgroup, as mem_cgroup_print_oom_meminfo() tells it. */
export interface Memcg {
  readonly ref: Ref<'mem_cgroup'>;
  readonly path: string;
  /** On the unified hierarchy (v2). */
  readonly unified: boolean;
  readonly memory: PageCounter;
  /** v2. */
  readonly swap: PageCounter | undefined;
  /** v1: memory+swap, and kmem. */
  readonly memsw: PageCounter | undefined;
  readonly kmem: PageCounter | undefined;
}

/** @throws ReadError, ShapeError where it can't be read */
export function readMemcg(kernel: Kernel, memcg: Ref<'mem_cgroup'>): Memcg {
  const cgroup = memcg.css.cgroup;
  const unified = cgroup !== null && cgroup.root === kernel.symbol('cgrp_dfl_root');
  const counter = (member: Ref<'page_counter'> | undefined): PageCounter | undefined =>
    member && readPageCounter(kernel, member);
  return {
    ref: memcg,
    path: cgroup ? cgroupPath(kernel, cgroup) : '(no cgroup)',
    unified,
    memory: withFailures(kernel, readPageCounter(kernel, memcg.memory), unified, memcg, 'MEMCG_MAX'),
    swap:
      unified && memcg.swap
        ? withFailures(kernel, readPageCounter(kernel, memcg.swap), unified, memcg, 'MEMCG_SWAP_MAX')
        : undefined,
    memsw: unified ? undefined : counter(memcg.memsw),
    kmem: unified ? undefined : counter(memcg.kmem),
  };
}

/** Since 7.x a counter of the unified hierarchy does not count failures itself: the group's events have them. */
function withFailures(
  kernel: Kernel,
  counter: PageCounter,
  unified: boolean,
  memcg: Ref<'mem_cgroup'>,
  event: string,
): PageCounter {
  if (!unified || !kernel.has('page_counter', 'track_failcnt')) return counter;
  const index = kernel.enumerator(event);
  const failures = index === undefined ? undefined : memcg.memory_events?.[index];
  return failures === undefined ? counter : { ...counter, failures };
}

/** The memory cgroup of a task: mem_cgroup_from_task(). undefined without memory cgroups. */
export function memcgOfTask(kernel: Kernel, task: Ref<'task_struct'>): Ref<'mem_cgroup'> | undefined {
  const index = kernel.enumerator('memory_cgrp_id');
  const css = index === undefined ? undefined : task.cgroups?.subsys[index];
  return css === undefined || css === 0n ? undefined : kernel.containerOf('mem_cgroup', css, 'css');
}

/** Every memory cgroup, parents before children; a broken list of children is a gap. */
export function* allMemcgs(kernel: Kernel): Generator<Memcg> {
  const root = kernel.hasGlobal('root_mem_cgroup')
    ? kernel.attempt('root_mem_cgroup', () => kernel.global('root_mem_cgroup'))
    : null;
  if (!root) return;
  const seen = new Set<bigint>();
  const pending: Ref<'mem_cgroup'>[] = [root];
  for (let memcg = pending.pop(); memcg; memcg = pending.pop()) {
    kernel.guard.step();
    if (seen.has(memcg.$address)) continue;
    seen.add(memcg.$address);
    const found = kernel.attempt(`mem_cgroup 0x${memcg.$address.toString(16)}`, () => readMemcg(kernel, memcg));
    if (found) yield found;
    const children = [...kernel.list(memcg.css.children, 'cgroup_subsys_state', 'sibling')];
    pending.push(...children.toReversed().map((css) => kernel.containerOf('mem_cgroup', css.$address, 'css')));
  }
}
