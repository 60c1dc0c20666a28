import { listNodes } from '../../kernel/containers/list.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { inodeName, inodePath, isUnlinked, mountPoint } from '../fs/dentry-path.js';

/** A tmpfs, or the kernel's own one that memfds, SysV segments and shared anonymous mappings lie in. */
export interface Tmpfs {
  readonly address: bigint;
  /** undefined: the kernel's own, mounted nowhere. */
  readonly mountPoint: string | undefined;
  readonly files: number;
  /** In memory, over all files. */
  readonly pages: number;
  readonly swappedPages: number;
  /** null: no limit. */
  readonly limitPages: number | null;
  /** The largest first. */
  readonly largest: readonly TmpfsFile[];
}

/** A file in a tmpfs, by what it takes of memory and swap. */
export interface TmpfsFile {
  readonly inode: bigint;
  /**
   * Within its file system, also where it was deleted and is still open; of the kernel's own tmpfs the file's name
   * ("memfd:NAME", "SYSV00000000", "dev/zero"). undefined where no dentry of it is left.
   */
  readonly path: string | undefined;
  /** No name leads to it: it goes when nobody has it open or mapped. undefined where nothing tells. */
  readonly unlinked: boolean | undefined;
  /** What it takes; its length can be more, where it has holes. */
  readonly pages: number;
  readonly swappedPages: number;
}

/** Every tmpfs with its largest files, by walking its inodes. */
export function tmpfsMounts(kernel: Kernel, { files = 10 } = {}): readonly Tmpfs[] {
  const found: Tmpfs[] = [];
  for (const superBlock of kernel.list(kernel.global('super_blocks'), 'super_block', 's_list')) {
    const tmpfs = kernel.attempt(`super_block 0x${superBlock.$address.toString(16)}`, () =>
      isShmem(kernel, superBlock) ? readTmpfs(kernel, superBlock, files) : undefined,
    );
    if (tmpfs) found.push(tmpfs);
  }
  return found;
}

/** devtmpfs and the kernel's own are shmem too, by other type names: the operations tell. */
function isShmem(kernel: Kernel, superBlock: Ref<'super_block'>): boolean {
  const operations = kernel.findSymbol('shmem_ops');
  return operations === undefined ? superBlock.s_type?.name === 'tmpfs' : superBlock.s_op === operations;
}

function readTmpfs(kernel: Kernel, superBlock: Ref<'super_block'>, most: number): Tmpfs {
  const info = kernel.ref('shmem_sb_info', superBlock.s_fs_info);
  let count = 0;
  let pages = 0;
  let swappedPages = 0;
  let largest: { inode: bigint; pages: number; swappedPages: number }[] = [];
  for (const file of inodesOf(kernel, superBlock)) {
    count++;
    pages += file.pages;
    swappedPages += file.swappedPages;
    if (file.pages + file.swappedPages > 0) largest.push(file);
    if (largest.length >= 4 * most + 64) largest = heaviest(largest, most);
  }
  const mount = kernel.attempt('mount of a tmpfs', () => mountPoint(kernel, superBlock.$address));
  const pathOf = mount === undefined ? inodeName : inodePath;
  return {
    address: superBlock.$address,
    mountPoint: mount,
    files: count,
    pages,
    swappedPages,
    limitPages: info.max_blocks === 0 ? null : info.max_blocks,
    largest: heaviest(largest, most).map((file) => ({
      ...file,
      path: kernel.attempt('path of a tmpfs file', () => pathOf(kernel, file.inode)),
      unlinked: kernel.attempt('links of a tmpfs file', () => isUnlinked(kernel, file.inode)),
    })),
  };
}

function* inodesOf(
  kernel: Kernel,
  superBlock: Ref<'super_block'>,
): Generator<{ inode: bigint; pages: number; swappedPages: number }> {
  const inList = BigInt(kernel.offsetOf('inode', 'i_sb_list'));
  const inInfo = BigInt(kernel.offsetOf('shmem_inode_info', 'vfs_inode'));
  for (const node of listNodes(kernel, superBlock.s_inodes, 'inodes of a tmpfs')) {
    const inode = node - inList;
    const file = kernel.attempt(`inode 0x${inode.toString(16)}`, () => {
      const { alloced, swapped } = kernel.ref('shmem_inode_info', inode - inInfo);
      // shmem_recalc_inode(): alloced counts pages in memory and in swap.
      return { inode, pages: Math.max(alloced - swapped, 0), swappedPages: swapped };
    });
    if (file) yield file;
  }
}

function heaviest<F extends { pages: number; swappedPages: number }>(files: readonly F[], most: number): F[] {
  return files.toSorted((a, b) => b.pages + b.swappedPages - a.pages - a.swappedPages).slice(0, most);
}
