import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';
import { defined } from '../../words/defined.js';

/** A disk or a partition. */
export interface BlockDevice {
  /** "nvme0n1p1" */
  readonly name: string;
  readonly bytes: number;
  /** As the kernel numbers it: "259:1". */
  readonly number: string;
  /** PARTUUID= of a partition. */
  readonly partUuid?: string;
  /** PARTLABEL= of one. */
  readonly partLabel?: string;
}

const SECTOR_BYTES = 512;
const MINOR_BITS = 20;
/** BD_PARTNO, include/linux/blk_types.h. */
const PARTNO = 255;

/**
 * Every block device that has a medium, as printk_all_partitions() lists them: by the inodes of the kernel's own file
 * system of them. undefined up to 5.14, where one that nobody has opened has no inode.
 */
export function blockDevices(kernel: Kernel): readonly BlockDevice[] | undefined {
  if (!kernel.hasGlobal('blockdev_superblock') || kernel.missing('bdev_inode') !== undefined) return undefined;
  if (!kernel.has('block_device', 'bd_nr_sectors')) return undefined;
  return kernel.attempt('blockdev_superblock', () => {
    const all = kernel.global('blockdev_superblock');
    if (all === null) return undefined;
    const inode = BigInt(kernel.offsetOf('bdev_inode', 'vfs_inode') - kernel.offsetOf('bdev_inode', 'bdev'));
    return [...kernel.list(all.s_inodes, 'inode', 'i_sb_list')]
      .flatMap(({ $address }) => {
        const read = (): BlockDevice | undefined => deviceOf(kernel.ref('block_device', $address - inode));
        return kernel.attempt('block_device', read) ?? [];
      })
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  });
}

/** undefined of one without a medium, or whose disk is gone. @throws ReadError */
function deviceOf(device: Ref<'block_device'>): BlockDevice | undefined {
  const { bd_disk: disk, bd_nr_sectors: sectors, bd_dev: dev, bd_meta_info: meta } = device;
  if (disk === null || sectors === undefined || sectors === 0n || dev === undefined) return undefined;
  const { bd_partno: partno, __bd_flags: flags } = device;
  const partition = partno ?? (flags === undefined ? undefined : flags & PARTNO);
  const text = (said: string | undefined): string | undefined => (said === '' ? undefined : said);
  return {
    name: partition === undefined || partition === 0 ? disk.disk_name : partitionName(disk.disk_name, partition),
    bytes: Number(sectors) * SECTOR_BYTES,
    number: `${dev >>> MINOR_BITS}:${dev & ((1 << MINOR_BITS) - 1)}`,
    ...defined({ partUuid: text(meta?.uuid), partLabel: text(meta?.volname) }),
  };
}

/** bdev_name(): "sda1", and "nvme0n1p1" where the disk's own name ends with a digit. */
function partitionName(disk: string, partition: number): string {
  return `${disk}${/\d$/.test(disk) ? 'p' : ''}${partition}`;
}
