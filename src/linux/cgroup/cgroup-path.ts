import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';

/** Cgroups are nested at most so deep: cgroup.max.depth is settable, a path of the kernel's has 4096 bytes. */
const DEEPEST = 2048;

/**
 * A cgroup's path in its hierarchy, as cgroup_path() writes it: "/lab.slice/job.scope", "/" for the root. @throws
 * ReadError, Implausible
 */
export function cgroupPath(kernel: Kernel, cgroup: Ref<'cgroup'>): string {
  const names: string[] = [];
  let node: Ref<'kernfs_node'> | null = cgroup.kn;
  for (let depth = 0; node !== null && depth < DEEPEST; depth++) {
    kernel.guard.step();
    const parent: Ref<'kernfs_node'> | null = node.__parent;
    // The root has no parent, and its name is not part of a path.
    if (parent === null) return `/${names.toReversed().join('/')}`;
    if (node.name === null) throw new Implausible('a cgroup below the root without a name', node.$address);
    names.push(node.name);
    node = parent;
  }
  return `…/${names.toReversed().join('/')}`;
}
