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

/** Block devices, and where they were read. */
export interface BlockDevices {
  readonly devices: readonly BlockDevice[];
  /** Their list, and the member with their size. */
  readonly from: string;
  readonly sizeFrom: string;
}

/** Every block device that has a medium, as printk_all_partitions() lists them; undefined where they can't be read. */
export function blockDevices(kernel: Kernel): BlockDevices | undefined {
  const found = ofInodes(kernel) ?? ofClass(kernel);
  return found && { ...found, devices: found.devices.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** By the inodes of the kernel's own file system of them; before 5.15 one that nobody has opened may have none. */
function ofInodes(kernel: Kernel): BlockDevices | undefined {
  if (!kernel.hasGlobal('blockdev_superblock') || kernel.missing('bdev_inode') !== undefined) return undefined;
  if (!kernel.has('block_device', 'bd_nr_sectors')) return undefined;
  const devices = kernel.attempt('blockdev_superblock', () => {
    const all = kernel.global('blockdev_superblock');
    if (all === null) return undefined;
    const inode = BigInt(kernel.offsetOf('bdev_inode', 'vfs_inode') - kernel.offsetOf('bdev_inode', 'bdev'));
    return [...kernel.list(all.s_inodes, 'inode', 'i_sb_list')].flatMap(({ $address }) => {
      const read = (): BlockDevice | undefined => deviceOf(kernel.ref('block_device', $address - inode));
      return kernel.attempt('block_device', read) ?? [];
    });
  });
  return (
    devices && {
      devices,
      from: "the inodes of blockdev_superblock's file system",
      sizeFrom: 'block_device.bd_nr_sectors',
    }
  );
}

/** By the devices of their class, each a struct hd_struct until 5.11. */
function ofClass(kernel: Kernel): BlockDevices | undefined {
  if (!kernel.hasGlobal('block_class')) return undefined;
  if (kernel.missing('hd_struct') !== undefined || kernel.missing('device_private') !== undefined) return undefined;
  const devices = kernel.attempt('block_class', () => {
    const all = kernel.global('block_class').p;
    if (all === null || all === undefined) return undefined;
    return [...kernel.list(all.klist_devices.k_list, 'klist_node', 'n_node')].flatMap(({ $address }) => {
      const read = (): BlockDevice | undefined =>
        partitionOf(kernel, kernel.containerOf('device_private', $address, 'knode_class'));
      return kernel.attempt('hd_struct', read) ?? [];
    });
  });
  return devices && { devices, from: 'the devices of block_class', sizeFrom: 'hd_struct.nr_sects' };
}

/** undefined of one without a medium. @throws ReadError */
function partitionOf(kernel: Kernel, { device }: Ref<'device_private'>): BlockDevice | undefined {
  if (device === null) return undefined;
  const { nr_sects: sectors, info } = kernel.containerOf('hd_struct', device.$address, '__dev');
  const { name } = device.kobj;
  return sectors === 0n || name === null ? undefined : blockDevice(name, sectors, device.devt, info);
}

/** undefined of one without a medium, or whose disk is gone. @throws ReadError */
function deviceOf(device: Ref<'block_device'>): BlockDevice | undefined {
  const { bd_disk: disk, bd_nr_sectors: sectors, bd_dev: dev, bd_meta_info: meta } = device;
  if (disk === null || sectors === undefined || sectors === 0n || dev === undefined) return undefined;
  const { bd_partno: partno, __bd_flags: flags } = device;
  const partition = partno ?? (flags === undefined ? undefined : flags & PARTNO);
  const name = partition === undefined || partition === 0 ? disk.disk_name : partitionName(disk.disk_name, partition);
  return blockDevice(name, sectors, dev, meta);
}

function blockDevice(
  name: string,
  sectors: bigint,
  dev: number,
  meta: Ref<'partition_meta_info'> | null | undefined,
): BlockDevice {
  const text = (said: string | undefined): string | undefined => (said === '' ? undefined : said);
  return {
    name,
    bytes: Number(sectors) * SECTOR_BYTES,
    number: `${dev >>> MINOR_BITS}:${dev & ((1 << MINOR_BITS) - 1)}`,
    ...defined({ partUuid: text(meta?.uuid), partLabel: text(meta?.volname) }),
  };
}

/** bdev_name(): "sda1", and "nvme0n1p1" where the disk's own name ends with a digit. */
function partitionName(disk: string, partition: number): string {
  return `${disk}${/\d$/.test(disk) ? 'p' : ''}${partition}`;
}
