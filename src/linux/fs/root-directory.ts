import { listNodes } from '../../kernel/containers/list.js';
import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import type { Task } from '../sched/tasks.js';
import { dentryName } from './dentry-path.js';

/** A task's root. */
export interface RootDirectory {
  /** "rootfs", "ext4" */
  readonly type: string;
  /** "nvme0n1"; of a file system without a device its type. */
  readonly device?: string;
  readonly isReadOnly: boolean;
  /** What is known to stand in it: of a file system in memory all that does. */
  readonly names: readonly string[];
}

/** SB_RDONLY */
const READ_ONLY = 1n;
/** More is no root directory. */
const MOST_NAMES = 10_000;

/** undefined where this kernel's types do not tell. @throws ReadError, Implausible */
export function rootDirectory(kernel: Kernel, task: Task): RootDirectory | undefined {
  const root = task.fs?.root.dentry;
  const system = root?.d_sb;
  if (!root || !system) return undefined;
  const { s_type: type, s_flags: flags, s_id: device } = system;
  return {
    type: type?.name ?? 'unknown',
    isReadOnly: flags !== undefined && (flags & READ_ONLY) !== 0n,
    names: [...childrenOf(kernel, root)]
      .filter(({ d_inode: inode }) => inode !== 0n)
      .map(nameOf(kernel))
      .toSorted(),
    ...(device === undefined || device === '' ? {} : { device }),
  };
}

function nameOf(kernel: Kernel): (dentry: Ref<'dentry'>) => string {
  return ({ $address }) => dentryName(kernel, $address);
}

/** @throws ReadError, Implausible */
function* childrenOf(kernel: Kernel, dentry: Ref<'dentry'>): Generator<Ref<'dentry'>> {
  if (kernel.has('dentry', 'd_children')) {
    const link = BigInt(kernel.offsetOf('dentry', 'd_sib'));
    let at = kernel.memory.u64(dentry.$address + BigInt(kernel.offsetOf('dentry', 'd_children')));
    for (let count = 0; at !== 0n; at = kernel.memory.u64(at), count++) {
      kernel.guard.step();
      if (count > MOST_NAMES) throw new Implausible(`a directory of more than ${MOST_NAMES} names`, dentry.$address);
      yield kernel.ref('dentry', at - link);
    }
    return;
  }
  if (!kernel.has('dentry', 'd_subdirs')) return;
  const link = BigInt(kernel.offsetOf('dentry', 'd_child'));
  for (const node of listNodes(kernel, dentry.$address + BigInt(kernel.offsetOf('dentry', 'd_subdirs')), 'd_subdirs'))
    yield kernel.ref('dentry', node - link);
}
