import { listNodes } from '../../kernel/containers/list.js';
import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';

/** PATH_MAX is 4096 bytes: a path has no more components than half of that. */
const DEEPEST = 2048;
/** NAME_MAX, and what stands before " (deleted)". */
const LONGEST_NAME = 256;

/** A dentry's own name. */
export function dentryName(kernel: Kernel, dentry: bigint): string {
  const name = kernel.memory.u64(dentry + BigInt(kernel.offsetOf('dentry', 'd_name.name')));
  return name === 0n ? '' : kernel.memory.cString(name, LONGEST_NAME);
}

/** A dentry's path from its file system's root: "/blob/17", "/" for the root itself. */
export function dentryPath(kernel: Kernel, dentry: bigint): string {
  const parentOffset = BigInt(kernel.offsetOf('dentry', 'd_parent'));
  const names: string[] = [];
  for (let at = dentry, depth = 0; depth < DEEPEST; depth++) {
    kernel.guard.step();
    const parent = kernel.memory.u64(at + parentOffset);
    if (parent === at) return `/${names.toReversed().join('/')}`;
    names.push(dentryName(kernel, at));
    at = parent;
  }
  throw new Implausible(`a path of more than ${DEEPEST} components`, dentry);
}

/**
 * A path by which an inode can be reached in its file system; where `isUnlinked`, the one by which it could be.
 * undefined where no dentry of it is left.
 */
export function inodePath(kernel: Kernel, inode: bigint): string | undefined {
  const dentry = dentryOf(kernel, inode);
  return dentry === undefined ? undefined : dentryPath(kernel, dentry);
}

/** The name alone, as of "memfd:NAME", which is in no directory; undefined where no dentry of it is left. */
export function inodeName(kernel: Kernel, inode: bigint): string | undefined {
  const dentry = dentryOf(kernel, inode);
  return dentry === undefined ? undefined : dentryName(kernel, dentry);
}

/** No name leads to it (any more): it lives by who has it open or mapped. undefined where nothing tells. */
export function isUnlinked(kernel: Kernel, inode: bigint): boolean | undefined {
  if (!kernel.has('inode', 'i_nlink')) return undefined;
  return kernel.memory.u32(inode + BigInt(kernel.offsetOf('inode', 'i_nlink'))) === 0;
}

function dentryOf(kernel: Kernel, inode: bigint): bigint | undefined {
  const alias = kernel.memory.u64(inode + BigInt(kernel.offsetOf('inode', 'i_dentry')));
  if (alias === 0n) return undefined;
  // In a union of its own until 7.x.
  const offset = kernel.has('dentry', 'd_alias')
    ? kernel.offsetOf('dentry', 'd_alias')
    : kernel.offsetOf('dentry', 'd_u.d_alias');
  return alias - BigInt(offset);
}

/**
 * Where a file system is mounted: in the initial mount namespace, else in the first that has it. undefined where it is
 * mounted nowhere, as those that the kernel keeps for itself (memfd, SysV shared memory).
 */
export function mountPoint(kernel: Kernel, superBlock: bigint): string | undefined {
  const namespace = BigInt(kernel.offsetOf('mount', 'mnt_ns'));
  const initial = kernel.memory.u64(kernel.symbol('init_nsproxy') + BigInt(kernel.offsetOf('nsproxy', 'mnt_ns')));
  let elsewhere: bigint | undefined;
  for (const mount of mountsOf(kernel, superBlock)) {
    const owner = kernel.memory.u64(mount + namespace);
    if (owner === initial) return pathOfMount(kernel, mount);
    // MNT_NS_INTERNAL is an error pointer. kdevtmpfs has a namespace of its own, with /dev as its root.
    if (owner !== 0n && owner < FIRST_ERROR_POINTER) elsewhere ??= mount;
  }
  return elsewhere === undefined ? undefined : pathOfMount(kernel, elsewhere);
}

/** ERR_PTR(-MAX_ERRNO) */
const FIRST_ERROR_POINTER = 0xffff_ffff_ffff_f001n;
const MOST_MOUNTS = 1 << 20;

function* mountsOf(kernel: Kernel, superBlock: bigint): Generator<bigint> {
  const head = superBlock + BigInt(kernel.offsetOf('super_block', 's_mounts'));
  if (kernel.has('mount', 'mnt_instance')) {
    const offset = BigInt(kernel.offsetOf('mount', 'mnt_instance'));
    for (const node of listNodes(kernel, head, 'mounts of a file system')) yield node - offset;
    return;
  }
  // Since 7.x (6.18) a chain that ends with NULL.
  const next = BigInt(kernel.offsetOf('mount', 'mnt_next_for_sb'));
  for (
    let mount = kernel.memory.u64(head), count = 0;
    mount !== 0n && count < MOST_MOUNTS;
    mount = kernel.memory.u64(mount + next), count++
  ) {
    kernel.guard.step();
    yield mount;
  }
}

function pathOfMount(kernel: Kernel, mount: bigint): string {
  const parentOffset = BigInt(kernel.offsetOf('mount', 'mnt_parent'));
  const pointOffset = BigInt(kernel.offsetOf('mount', 'mnt_mountpoint'));
  let path = '';
  for (let at = mount, depth = 0; depth < DEEPEST; depth++) {
    kernel.guard.step();
    const parent = kernel.memory.u64(at + parentOffset);
    if (parent === at) return path === '' ? '/' : path;
    const point = dentryPath(kernel, kernel.memory.u64(at + pointOffset));
    if (point !== '/') path = point + path;
    at = parent;
  }
  throw new Implausible(`more than ${DEEPEST} mounts stacked on one another`, mount);
}
