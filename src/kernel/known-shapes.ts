import * as basics from '../../symbols/basics.js';
import * as cgroups from '../../symbols/cgroups.js';
import * as hugetlb from '../../symbols/hugetlb.js';
import * as locks from '../../symbols/locks.js';
import * as memcg from '../../symbols/memcg.js';
import * as modules from '../../symbols/modules.js';
import * as nodes from '../../symbols/nodes.js';
import * as oom from '../../symbols/oom.js';
import * as pipes from '../../symbols/pipes.js';
import * as pages from '../../symbols/pages.js';
import * as printk from '../../symbols/printk.js';
import { rcuData, rcuNode, rcuState, schedEntity } from '../../symbols/scheduling.js';
import * as shmem from '../../symbols/shmem.js';
import * as slab from '../../symbols/slab.js';
import * as stack from '../../symbols/stack.js';
import * as swap from '../../symbols/swap.js';
import * as taint from '../../symbols/taint.js';
import * as tasks from '../../symbols/tasks.js';
import * as time from '../../symbols/time.js';
import * as trees from '../../symbols/trees.js';
import type { Shape } from './shape.js';

const all = { ...basics, ...cgroups, ...hugetlb, ...locks, ...memcg, ...modules, ...nodes, ...oom, ...pipes, ...pages, ...printk, rcuData, rcuNode, rcuState, schedEntity, ...shmem, ...slab, ...swap, bpfKsym: stack.bpfKsym, ftraceOps: stack.ftraceOps, ftraceRetStack: stack.ftraceRetStack, inactiveTaskFrame: stack.inactiveTaskFrame, kprobeInsnPage: stack.kprobeInsnPage, kretprobeInstance: stack.kretprobeInstance, modArchSpecific: stack.modArchSpecific, rethookNode: stack.rethookNode, taintFlag: taint.taintFlag, ...tasks, ...time, ...trees } satisfies Record<string, Shape>;

type All = (typeof all)[keyof typeof all];

/** Every shape of `symbols/`, by its struct's tag. */
export type KnownShapes = { [S in All as S['struct']]: S };

export const allShapes: readonly Shape[] = Object.values(all);

const byStruct: ReadonlyMap<string, Shape> = new Map(allShapes.map((shape) => [shape.struct, shape]));

/** The shape that `symbols/` has for a struct. */
export function knownShape(struct: string): Shape | undefined {
  return byStruct.get(struct);
}
