import { taskTypes, to, withMembers, type ToyKernel, type ToyKernelOptions, type ToyValue } from 'oompm/testing';

import { toyTasks } from '../linux/toy-tasks.js';

/** 16 KiB, THREAD_SIZE: what was called, the structure, what called. */
export const toyOomTypes = `
  typedef struct { unsigned long bits[1]; } nodemask_t;
  ${withMembers(taskTypes, 'task_struct', 'nodemask_t mems_allowed; struct task_struct *oom_reaper_list; struct mempolicy *mempolicy;')}
  enum zone_type { ZONE_NORMAL, MAX_NR_ZONES };
  enum zone_stat_item { NR_FREE_PAGES, NR_VM_ZONE_STAT_ITEMS };
  enum node_stat_item { NR_ACTIVE_ANON, NR_VM_NODE_STAT_ITEMS };
  enum node_states { N_POSSIBLE, N_ONLINE, N_MEMORY };
  enum oom_constraint { CONSTRAINT_NONE, CONSTRAINT_CPUSET, CONSTRAINT_MEMORY_POLICY, CONSTRAINT_MEMCG };
  struct free_area { struct list_head free_list[1]; unsigned long nr_free; };
  struct zone {
    unsigned long _watermark[3]; long lowmem_reserve[1]; struct pglist_data *zone_pgdat; unsigned long zone_start_pfn; atomic_long_t managed_pages;
    unsigned long spanned_pages, present_pages; char *name; struct free_area free_area[11]; atomic_long_t vm_stat[1];
  };
  struct zoneref { struct zone *zone; int zone_idx; };
  struct zonelist { struct zoneref _zonerefs[3]; };
  struct pglist_data {
    struct zone node_zones[1]; struct zonelist node_zonelists[2]; int nr_zones; unsigned long node_start_pfn, node_present_pages, node_spanned_pages;
    int node_id; unsigned long totalreserve_pages; atomic_long_t vm_stat[1];
  };
  struct page_counter {
    atomic_long_t usage; unsigned long min, low, emin, elow, max, watermark, failcnt; atomic_long_t children_min_usage, children_low_usage;
  };
  struct cgroup { void *kn, *root; };
  struct cgroup_subsys { int id; };
  struct cgroup_subsys_state {
    struct cgroup *cgroup; struct cgroup_subsys *ss; struct cgroup_subsys_state *parent; struct list_head sibling, children; int id;
  };
  struct mem_cgroup { struct cgroup_subsys_state css; struct page_counter memory, swap; };
  struct mutex { void *owner; };
  struct mempolicy { unsigned short mode; nodemask_t nodes; };
  struct oom_control {
    struct zonelist *zonelist; nodemask_t *nodemask; struct mem_cgroup *memcg; gfp_t gfp_mask; int order; unsigned long totalpages;
    struct task_struct *chosen; long chosen_points; enum oom_constraint constraint;
  };
  struct toy_stack { unsigned long called[1000]; unsigned long returns[8]; struct oom_control oc; unsigned long callers[1032]; };
`;

export const RAM = 1000;
export const SWAP = 50;
/** Present pages of the two nodes. */
export const NODES = [600, 500] as const;
const node = (id: 0 | 1): ToyValue => ({
  node_id: id,
  node_present_pages: NODES[id],
  node_zones: [{ name: 'Normal', present_pages: NODES[id] }],
});

/** What stands in the structure where a test says nothing: a plain request that failed, order 0, constraint none. */
const plain = { zonelist: to('node0.node_zonelists[0]'), gfp_mask: 0xcc0, totalpages: RAM + SWAP, constraint: 0 };

/** A machine of two nodes, a cgroup, and a task "asker" (pid 5) with a `struct oom_control` on its stack. */
export function toyOom(
  control: Readonly<Record<string, ToyValue>> = {},
  { holder = 'asker', ...options }: Partial<ToyKernelOptions> & { holder?: string | null } = {},
): ToyKernel {
  return toyTasks(
    { asker: { pid: 5, stack: to('stack'), mems_allowed: { bits: [0b10] } }, other: { pid: 6 } },
    {
      types: toyOomTypes,
      ...options,
      variables: {
        node_data: { type: 'struct pglist_data *[2]', value: [to('node0'), to('node1')] },
        node_states: { type: 'nodemask_t[3]', value: [{ bits: [0b11] }, { bits: [0b11] }, { bits: [0b11] }] },
        _totalram_pages: { type: 'atomic_long_t', value: RAM },
        total_swap_pages: { type: 'long', value: SWAP },
        oom_lock: { type: 'struct mutex', value: { owner: holder === null ? null : to(holder) } },
        memory_cgrp_subsys: { type: 'struct cgroup_subsys' },
        __cpu_online_mask: { type: 'struct cpumask', value: { bits: [1] } },
        runqueues: { type: 'struct rq', perCpu: [{ curr: to('asker') }] },
        ...options.variables,
      },
      objects: {
        node0: { type: 'struct pglist_data', value: node(0) },
        node1: { type: 'struct pglist_data', value: node(1) },
        group: {
          type: 'struct mem_cgroup',
          value: { css: { ss: to('memory_cgrp_subsys') }, memory: { max: 300 }, swap: { max: 20 } },
        },
        notGroup: { type: 'struct mem_cgroup', value: { memory: { max: 300 } } },
        mask: { type: 'nodemask_t', value: { bits: [0b10] } },
        emptyMask: { type: 'nodemask_t' },
        stack: { type: 'struct toy_stack', value: { oc: { ...plain, ...control } } },
        ...options.objects,
      },
    },
  );
}
