import { describe, expect, test } from 'vitest';
import { to, toyKernel } from 'oompm/testing';

import { contentOfPage, fileName, frozenBy, inodeOfLock } from '../../src/linux/fs/file-objects.js';
import { percpuRwsem } from '../../src/locks/kinds/percpu-rwsem.js';
import { rwsem } from '../../src/locks/kinds/rwsem.js';
import { lockName } from '../../src/locks/names/lock-name.js';

const types = `
  struct qstr { unsigned long hash_len; const char *name; };
  struct hlist_node { struct hlist_node *next; struct hlist_node **pprev; };
  struct hlist_head { struct hlist_node *first; };
  struct dentry { struct dentry *d_parent; struct qstr d_name; struct hlist_node d_alias; };
  struct rw_semaphore { unsigned long count; unsigned long owner; };
  struct percpu_rw_semaphore { unsigned int *read_count; int block; };
  struct sb_writers { int frozen; int freeze_kcount; int freeze_ucount; struct percpu_rw_semaphore rw_sem[3]; };
  struct file_system_type { char *name; };
  struct super_block {
    struct list_head s_list; char s_id[32]; void *s_op; void *s_fs_info; struct list_head s_inodes; struct dentry *s_root;
    struct file_system_type *s_type; struct rw_semaphore s_umount; struct sb_writers s_writers;
  };
  struct address_space { struct inode *host; };
  struct inode { struct super_block *i_sb; struct rw_semaphore i_rwsem; struct address_space i_data; struct hlist_head i_dentry; struct list_head i_sb_list; };
  struct mine_inode_info { unsigned long block[15]; struct inode vfs_inode; };
  struct page { unsigned long flags; void *mapping; unsigned long index; };
`;

const frozenFileSystem = (frozen: number, mapping: 'file' | 'anon' | 'none' = 'file') => {
  const make = (address: bigint) =>
    toyKernel({
      types,
      variables: { super_blocks: { type: 'struct list_head' } },
      objects: {
        type: { type: 'struct file_system_type', value: { name: 'toyfs' } },
        sb: { type: 'struct super_block', value: { s_type: to('type'), s_writers: { frozen, freeze_ucount: 1 } } },
        root: { type: 'struct dentry', value: { d_parent: to('root'), d_name: { name: '/' } } },
        dentry: { type: 'struct dentry', value: { d_parent: to('root'), d_name: { name: 'log' } } },
        info: {
          type: 'struct mine_inode_info',
          value: {
            vfs_inode: {
              i_sb: to('sb'),
              i_dentry: { first: to('dentry.d_alias') },
              i_data: { host: to('info.vfs_inode') },
            },
          },
        },
        page: { type: 'struct page', value: { mapping: address, index: 3 } },
      },
      lists: [
        ['super_blocks', 'sb.s_list'],
        ['sb.s_inodes', 'info.vfs_inode.i_sb_list'],
      ],
    });
  const file = make(0n).addressOf('info.vfs_inode.i_data');
  return make(mapping === 'file' ? file : mapping === 'anon' ? file | 1n : 0n);
};

describe('locks of files and of file systems', () => {
  const kernel = frozenFileSystem(4);

  test("an inode within an object of its file system's own is known by its super_block's list", () => {
    const inode = kernel.addressOf('info.vfs_inode');
    expect(inodeOfLock(kernel, kernel.addressOf('info.vfs_inode.i_rwsem'))).toBe(inode);
    expect(inodeOfLock(kernel, kernel.addressOf('info.vfs_inode.i_rwsem') + 8n)).toBeUndefined();
    expect(fileName(kernel, inode)).toBe('/log on toyfs');
    expect(fileName(kernel, kernel.addressOf('info'))).toBeUndefined();
  });

  test('its lock is told with the file', () => {
    const lock = kernel.addressOf('info.vfs_inode.i_rwsem');
    expect(lockName(kernel, lock, rwsem)).toEqual({
      text: `&inode.i_rwsem at 0x${lock.toString(16)} (/log on toyfs)`,
      about: 'inode.i_rwsem',
      known: true,
    });
  });

  test('a lock in an array of a super_block is told with its index and the file system', () => {
    const lock = kernel.addressOf('sb.s_writers.rw_sem[1]');
    expect(lockName(kernel, lock, percpuRwsem)).toEqual({
      text: `&sb_writers.rw_sem[1] at 0x${lock.toString(16)} (toyfs)`,
      about: 'sb_writers.rw_sem[1]',
      known: true,
    });
    expect(lockName(kernel, kernel.addressOf('sb.s_umount'), rwsem).about).toBe('super_block.s_umount');
  });

  test('an inode that is on no list of a super_block is none', () => {
    const broken = toyKernel({
      types,
      variables: { super_blocks: { type: 'struct list_head' } },
      lists: [['super_blocks', 'sb.s_list']],
      objects: { sb: { type: 'struct super_block' }, inode: { type: 'struct inode', value: { i_sb: to('sb') } } },
    });
    expect(inodeOfLock(broken, broken.addressOf('inode.i_rwsem'))).toBeUndefined();
  });

  test('a page tells its file and its place there', () => {
    expect(contentOfPage(kernel, kernel.addressOf('page'))).toBe('page 3 of /log on toyfs');
    const anonymous = frozenFileSystem(4, 'anon');
    expect(contentOfPage(anonymous, anonymous.addressOf('page'))).toBe('anonymous memory');
    const bare = frozenFileSystem(4, 'none');
    expect(contentOfPage(bare, bare.addressOf('page'))).toBeUndefined();
  });
});

describe('a frozen file system', () => {
  const frozen = (state: number) => {
    const kernel = frozenFileSystem(state);
    return frozenBy(kernel, kernel.addressOf('sb.s_writers.rw_sem[0]'));
  };

  test('is told by its super_block, with who froze it', () => {
    expect(frozen(4)).toMatchObject({
      complete: true,
      evidence:
        'super_block.s_writers.frozen of toyfs is 4 (SB_FREEZE_COMPLETE), freeze_ucount is 1, freeze_kcount is 0',
    });
    expect(frozen(1)).toMatchObject({
      complete: false,
      evidence: 'super_block.s_writers.frozen of toyfs is 1, freeze_ucount is 1, freeze_kcount is 0',
    });
  });

  test('is none where nobody freezes it, where the number is none of a state, and for other locks', () => {
    expect(frozen(0)).toBeUndefined();
    expect(frozen(77)).toBeUndefined();
    const kernel = frozenFileSystem(4);
    expect(frozenBy(kernel, kernel.addressOf('sb.s_umount'))).toBeUndefined();
    expect(frozenBy(kernel, kernel.addressOf('info'))).toBeUndefined();
  });
});
