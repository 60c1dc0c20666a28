import { describe, expect, test } from 'vitest';
import { endingFindings } from 'oompm/endings';
import { to, type ToyFunction, type ToyObject, type ToyValue } from 'oompm/testing';

import { deaths } from '../stack/toy-deaths.js';
import { BOTTOM, toyMachine } from '../stack/toy-machine.js';
import { amissIn } from '../words/untold.js';

const functions = {
  ...deaths,
  mount_root_generic: { code: [{ call: 'panic' }] },
  prepare_namespace: { code: [{ call: 'mount_root_generic' }] },
  kernel_init: { ...BOTTOM, code: [{ call: 'prepare_namespace' }, { call: 'panic' }] },
} satisfies Record<string, ToyFunction>;

const types = `
  struct file_system_type { char *name; int fs_flags; struct file_system_type *next; };
  struct super_block { struct list_head s_inodes; struct file_system_type *s_type; u64 s_flags; char s_id[32]; };
  struct inode { struct list_head i_sb_list; };
  struct gendisk { char disk_name[32]; };
  struct partition_meta_info { char uuid[37]; char volname[64]; };
  struct block_device { struct gendisk *bd_disk; u32 bd_dev; u64 bd_nr_sectors; u8 bd_partno; struct partition_meta_info *bd_meta_info; };
  struct bdev_inode { struct block_device bdev; struct inode vfs_inode; };
  struct qstr { char *name; };
  struct dentry { struct qstr d_name; struct super_block *d_sb; void *d_inode; struct list_head d_child, d_subdirs; };
  struct path { struct dentry *dentry; };
  struct fs_struct { struct path root; };`;

/** Up to 5.10: disks and partitions are struct hd_struct, by the devices of their class. */
const before511 = types.replace(' u64 bd_nr_sectors;', '').concat(
  `
  struct kobject { char *name; };
  struct device { struct kobject kobj; u32 devt; };
  struct klist { struct list_head k_list; };
  struct klist_node { void *n_klist; struct list_head n_node; };
  struct device_private { struct klist_node knode_class; struct device *device; };
  struct subsys_private { struct klist klist_devices; };
  struct class { struct subsys_private *p; };
  struct hd_struct { u64 nr_sects; struct device __dev; struct partition_meta_info *info; };`,
);

function partition(name: string, sectors: bigint, minor: number, info: ToyValue = null): ToyObject {
  return {
    type: 'struct hd_struct',
    value: { nr_sects: sectors, info, __dev: { kobj: { name }, devt: (259 << 20) | minor } },
  };
}

function ofClass(name: string): ToyObject {
  return { type: 'struct device_private', value: { device: to(`${name}.__dev`) } };
}

const partitions: Readonly<Record<string, ToyObject>> = {
  meta: { type: 'struct partition_meta_info', value: { uuid: '11111111-01', volname: '' } },
  old_whole: partition('nvme0n1', 131_072n, 0),
  old_part: partition('nvme0n1p1', 20_000n, 1, to('meta')),
  old_empty: partition('loop0', 0n, 2),
  in_whole: ofClass('old_whole'),
  in_part: ofClass('old_part'),
  in_empty: ofClass('old_empty'),
  all: { type: 'struct subsys_private' },
};

interface Machine {
  readonly isOld?: boolean;
  readonly root?: string;
  readonly disks?: boolean;
  readonly names?: readonly string[];
  readonly init?: string;
  /** Functions below panic(). */
  readonly calls?: readonly string[];
}

function bdev(disk: string, sectors: bigint, more: Readonly<Record<string, ToyValue>>): ToyObject {
  return { type: 'struct bdev_inode', value: { bdev: { bd_disk: to(disk), bd_nr_sectors: sectors, ...more } } };
}

const devices: Readonly<Record<string, ToyObject>> = {
  disk: { type: 'struct gendisk', value: { disk_name: 'nvme0n1' } },
  loop: { type: 'struct gendisk', value: { disk_name: 'loop0' } },
  meta: { type: 'struct partition_meta_info', value: { uuid: '11111111-01', volname: '' } },
  whole: bdev('disk', 131_072n, { bd_dev: (259 << 20) | 0 }),
  part: bdev('disk', 20_000n, { bd_dev: (259 << 20) | 1, bd_partno: 1, bd_meta_info: to('meta') }),
  empty: bdev('loop', 0n, { bd_dev: 7 << 20 }),
};

function told({
  isOld = false,
  root,
  disks = true,
  names = ['dev', 'root'],
  init,
  calls,
}: Machine): string | undefined {
  const inodes = disks ? ['whole', 'part', 'empty'] : [];
  const kernel = toyMachine(
    functions,
    [
      {
        comm: 'swapper',
        pid: 1,
        segments: [
          { calls: ['delay', 'panic', ...(calls ?? ['mount_root_generic', 'prepare_namespace']), 'kernel_init'] },
        ],
        task: { fs: to('fs') },
      },
    ],
    {
      types: isOld ? before511 : types,
      taskMembers: 'struct fs_struct *fs;',
      variables: {
        panic_cpu: { type: 'atomic_t', value: { counter: 0 } },
        saved_command_line: { type: 'char *', value: `quiet${root === undefined ? '' : ` root=${root}`}` },
        blockdev_superblock: { type: 'struct super_block *', value: to('bdevs') },
        ...(isOld ? { block_class: { type: 'struct class', value: { p: to('all') } } } : {}),
        file_systems: { type: 'struct file_system_type *', value: to('ext4') },
        ...(calls === undefined ? {} : { execute_command: { type: 'char *', value: init ?? null } }),
      },
      objects: {
        bdevs: { type: 'struct super_block', value: { s_id: 'bdev' } },
        ext4: { type: 'struct file_system_type', value: { name: 'ext4', fs_flags: 1, next: to('proc') } },
        proc: { type: 'struct file_system_type', value: { name: 'proc' } },
        rootfs: { type: 'struct file_system_type', value: { name: 'rootfs' } },
        sb: {
          type: 'struct super_block',
          value:
            calls === undefined ? { s_type: to('rootfs'), s_id: 'rootfs' } : { s_type: to('ext4'), s_id: 'nvme0n1' },
        },
        fs: { type: 'struct fs_struct', value: { root: { dentry: to('top') } } },
        top: { type: 'struct dentry', value: { d_sb: to('sb'), d_inode: to('sb') } },
        ...Object.fromEntries(
          names.map((name) => [
            `name_${name}`,
            { type: 'struct dentry', value: { d_name: { name }, d_inode: to('sb') } },
          ]),
        ),
        ...(isOld ? partitions : devices),
      },
      lists: [
        isOld
          ? ['all.klist_devices.k_list', ...inodes.map((one) => `in_${one}.knode_class.n_node`)]
          : ['bdevs.s_inodes', ...inodes.map((one) => `${one}.vfs_inode.i_sb_list`)],
        ['top.d_subdirs', ...names.map((name) => `name_${name}.d_child`)],
      ],
    },
  );
  const [finding] = endingFindings(kernel);
  expect(finding === undefined ? [] : amissIn(finding), finding?.sentence).toEqual([]);
  return finding && `${finding.id}, ${finding.certainty}: ${finding.sentence}`;
}

const has = 'the disks and partitions are nvme0n1 (64 MiB) and nvme0n1p1 (9.77 MiB, PARTUUID 11111111-01)';
const no = 'ending.no-root, certain: The kernel could not mount its root file system:';

describe('a kernel without its root file system', () => {
  test.each([
    [{ root: '/dev/sdz1' }, `root=/dev/sdz1 is not there; ${has}.`],
    [{ root: '/dev/sdz1', disks: false }, 'root=/dev/sdz1 was asked for, and no driver found a disk.'],
    [
      { root: '/dev/nvme0n1p1' },
      'root=/dev/nvme0n1p1 is there (9.77 MiB), and none of its file systems (ext4) could mount it.',
    ],
    [
      { root: 'PARTUUID=11111111-01' },
      'root=PARTUUID=11111111-01 is there (9.77 MiB), and none of its file systems (ext4) could mount it.',
    ],
    [{ root: '259:0' }, 'root=259:0 is there (64 MiB), and none of its file systems (ext4) could mount it.'],
    [{ root: 'PARTUUID=11111111-02' }, `root=PARTUUID=11111111-02 is not there; ${has}.`],
    [
      { root: 'UUID=5a1d1a9e-0000' },
      `root=UUID=5a1d1a9e-0000 is for an initramfs to look up, since the kernel does not read file systems for it; ${has}.`,
    ],
    [{}, `it was given no root=, and ${has}.`],
    [{ isOld: true, root: '/dev/sdz1' }, `root=/dev/sdz1 is not there; ${has}.`],
    [{ isOld: true, disks: false, root: '/dev/sdz1' }, 'root=/dev/sdz1 was asked for, and no driver found a disk.'],
    [
      { isOld: true, root: 'PARTUUID=11111111-01' },
      'root=PARTUUID=11111111-01 is there (9.77 MiB), and none of its file systems (ext4) could mount it.',
    ],
    [{ disks: false }, 'it was given no root=, and no driver found a disk.'],
    [
      { root: '/dev/sdz1', disks: false, names: ['bin', 'dev', 'root'] },
      'root=/dev/sdz1 was asked for, and no driver found a disk. The initramfs has no /init that could be run: it holds bin, dev, root.',
    ],
  ] as const)('%o', (of, words) => {
    expect(told(of)).toBe(`${no} ${words}`);
  });
});

describe('a kernel without an init', () => {
  test.each([
    ['/sbin/start', 'init=/sbin/start was asked for.'],
    [undefined, 'init= was not given, and /sbin/init, /etc/init, /bin/init and /bin/sh were tried.'],
  ])('%s', (init, words) => {
    const of = { root: '/dev/nvme0n1', calls: [], ...(init === undefined ? {} : { init }) };
    expect(told(of)).toBe(`ending.no-init, certain: No init could be started from its root, ext4 on nvme0n1: ${words}`);
  });
});
