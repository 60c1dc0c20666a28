import type { Kernel } from '../../kernel/kernel.js';
import type { MemberName } from '../../kernel/shape.js';
import { wordAt } from '../../kernel/word-at.js';
import { diskName } from '../block/disk-name.js';
import { inodePath, mountPoint } from './dentry-path.js';
import { defined } from '../../words/defined.js';

/** A file system that is mounted, or that the kernel has for itself. */
export interface FileSystem {
  /** The address of its super_block. */
  readonly superBlock: bigint;
  readonly type: string;
  readonly mountPoint?: string;
  /** For people: "ext4 at /srv (vda)". */
  readonly text: string;
}

/** All that are on `super_blocks`, by the address of their super_block. */
function fileSystems(kernel: Kernel): ReadonlyMap<bigint, FileSystem> {
  return kernel.once('file systems by super_block', () => {
    const found = new Map<bigint, FileSystem>();
    if (!kernel.hasGlobal('super_blocks')) return found;
    for (const superBlock of kernel.list(kernel.global('super_blocks'), 'super_block', 's_list')) {
      const address = superBlock.$address;
      const system = kernel.attempt(`super_block 0x${address.toString(16)}`, () => {
        const type = superBlock.s_type?.name ?? 'file system';
        const at = kernel.attempt('mount of a file system', () => mountPoint(kernel, address));
        const device = kernel.has('super_block', 's_bdev')
          ? diskName(
              kernel,
              kernel.memory.u64(address + BigInt(kernel.offsetOf('super_block', 's_bdev'))),
              'block_device',
            )
          : undefined;
        return {
          superBlock: address,
          type,
          text: `${type}${at === undefined ? '' : ` at ${at}`}${device === undefined ? '' : ` (${device})`}`,
          ...defined({ mountPoint: at }),
        };
      });
      if (system) found.set(address, system);
    }
    return found;
  });
}

/** The file system whose super_block an address lies in. */
export function fileSystemAround(kernel: Kernel, address: bigint): FileSystem | undefined {
  const size = kernel.attempt('struct super_block', () => BigInt(kernel.sizeOf('super_block')));
  if (size === undefined) return undefined;
  return [...fileSystems(kernel).values()].find(
    ({ superBlock }) => address >= superBlock && address < superBlock + size,
  );
}

/** Locks that each inode has: its own, and its page cache's. */
const LOCKS_OF_INODES = ['i_rwsem', 'i_lock'] as const;
const LOCKS_OF_MAPPINGS = ['i_mmap_rwsem', 'invalidate_lock', 'i_pages'] as const;

/**
 * Which inode a lock is of: file systems have it somewhere within objects of their own. Believed where it is on its
 * super_block's list.
 */
export function inodeOfLock(kernel: Kernel, lock: bigint): bigint | undefined {
  if (!kernel.has('inode', 'i_data')) return undefined;
  const offsets = [
    ...LOCKS_OF_INODES.filter((member) => kernel.has('inode', member)).map((member) =>
      kernel.offsetOf('inode', member),
    ),
    ...LOCKS_OF_MAPPINGS.filter((member) => kernel.has('address_space', member)).map((member) =>
      kernel.offsetOf('inode', `i_data.${member}`),
    ),
  ];
  for (const offset of offsets) {
    if (systemOf(kernel, lock - BigInt(offset))) return lock - BigInt(offset);
  }
  return undefined;
}

/** The file system of what may be an inode. */
function systemOf(kernel: Kernel, inode: bigint): FileSystem | undefined {
  if (!kernel.has('inode', 'i_sb') || !kernel.has('inode', 'i_sb_list')) return undefined;
  const superBlock = wordAt(kernel, inode + BigInt(kernel.offsetOf('inode', 'i_sb')));
  const system = superBlock === undefined ? undefined : fileSystems(kernel).get(superBlock);
  const link = inode + BigInt(kernel.offsetOf('inode', 'i_sb_list'));
  const next = system && wordAt(kernel, link);
  return next !== undefined && wordAt(kernel, next + 8n) === link ? system : undefined;
}

/** A file's path from the root, "/srv/db/log"; where it has none, its file system. undefined for what is no inode. */
export function fileName(kernel: Kernel, inode: bigint): string | undefined {
  const system = systemOf(kernel, inode);
  if (system === undefined) return undefined;
  const within = kernel.attempt('path of a file', () => inodePath(kernel, inode));
  if (within === undefined) return `a file without a name on ${system.text}`;
  if (system.mountPoint === undefined) return `${within} on ${system.text}`;
  return system.mountPoint === '/' ? within : `${system.mountPoint}${within}`;
}

/** The two lowest bits of page.mapping: anonymous memory, or a driver's own. */
const MAPPING_BITS = 3n;
const MAPPING_ANON = 1n;

/** Whose page it is: "page 3 of /srv/db/log", "anonymous memory"; undefined where its mapping does not tell. */
export function contentOfPage(kernel: Kernel, page: bigint): string | undefined {
  return kernel.attempt('page.mapping', () => {
    const mapping = kernel.memory.u64(page + BigInt(kernel.offsetOf('page', 'mapping')));
    if (mapping < kernel.arch.memory.kernelStart) return undefined;
    if ((mapping & MAPPING_BITS) !== 0n) return (mapping & MAPPING_ANON) === 0n ? undefined : 'anonymous memory';
    const host = wordAt(kernel, mapping + BigInt(kernel.offsetOf('address_space', 'host')));
    const file = host === undefined || host === 0n ? undefined : fileName(kernel, host);
    const index = kernel.memory.u64(
      page +
        BigInt(kernel.has('folio', 'index') ? kernel.offsetOf('folio', 'index') : kernel.offsetOf('page', 'index')),
    );
    return file === undefined ? undefined : `page ${index} of ${file}`;
  });
}

/** How far freeze_super() has come; include/linux/fs.h has these without a name for the enum. */
const SB_FREEZE_COMPLETE = 4;

/** A file system that a lock makes writers wait for, because it is frozen or about to be. */
export interface Frozen {
  readonly system: FileSystem;
  readonly complete: boolean;
  /** What says so. */
  readonly evidence: string;
}

/**
 * Whether a percpu-rwsem is one of the three by which a frozen file system stops those that write to it
 * (`s_writers.rw_sem`).
 */
export function frozenBy(kernel: Kernel, lock: bigint): Frozen | undefined {
  const system = fileSystemAround(kernel, lock);
  if (system === undefined || !kernel.has('super_block', 's_writers') || !kernel.has('sb_writers', 'rw_sem'))
    return undefined;
  return kernel.attempt('super_block.s_writers', () => {
    const writers = system.superBlock + BigInt(kernel.offsetOf('super_block', 's_writers'));
    if (lock < writers + BigInt(kernel.offsetOf('sb_writers', 'rw_sem'))) return undefined;
    const member = (name: MemberName<'sb_writers'>): number =>
      kernel.memory.i32(writers + BigInt(kernel.offsetOf('sb_writers', name)));
    const frozen = member('frozen');
    if (frozen <= 0 || frozen > SB_FREEZE_COMPLETE) return undefined;
    const complete = frozen === SB_FREEZE_COMPLETE;
    // Since 6.6 the kernel counts who froze it.
    const by = (['freeze_ucount', 'freeze_kcount'] as const)
      .filter((name) => kernel.has('sb_writers', name))
      .map((name) => `${name} is ${member(name)}`);
    return {
      system,
      complete,
      evidence: [
        `super_block.s_writers.frozen of ${system.text} is ${frozen}${complete ? ' (SB_FREEZE_COMPLETE)' : ''}`,
        ...by,
      ].join(', '),
    };
  });
}
