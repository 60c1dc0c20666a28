import { expect, test } from 'vitest';
import { openPipes } from 'oompm/linux';
import { taskTypes, to, withMembers, type ToyKernelOptions } from 'oompm/testing';

import { toyTasks } from './toy-tasks.js';

const types = `
  ${withMembers(taskTypes, 'task_struct', 'struct files_struct *files;')}
  struct page { unsigned long flags; };
  struct pipe_buffer { struct page *page; unsigned int offset, len; };
  struct pipe_inode_info { unsigned int head, tail, max_usage, ring_size; struct page *tmp_page[2]; struct pipe_buffer *bufs; };
  struct inode { unsigned short i_mode; union { struct pipe_inode_info *i_pipe; void *i_cdev; }; };
  struct file_operations { int x; };
  struct path { void *mnt, *dentry; };
  struct file { struct file_operations *f_op; struct inode *f_inode; struct path f_path; };
  struct fdtable { unsigned int max_fds; struct file **fd; };
  struct files_struct { struct fdtable *fdt; };
`;

/**
 * Two tasks share one pipe: three slots in use of a ring of four, one of them beyond the ring's end, and one page kept.
 */
function machine(options: Partial<ToyKernelOptions> = {}) {
  return toyTasks(
    { writer: { pid: 5, files: to('filesA') }, reader: { pid: 6, files: to('filesB') } },
    {
      types,
      ...options,
      variables: { pipefifo_fops: { type: 'struct file_operations' }, other_fops: { type: 'struct file_operations' } },
      objects: {
        filesA: { type: 'struct files_struct', value: { fdt: to('tableA') } },
        tableA: { type: 'struct fdtable', value: { max_fds: 3, fd: to('fdsA') } },
        filesB: { type: 'struct files_struct', value: { fdt: to('tableB') } },
        tableB: { type: 'struct fdtable', value: { max_fds: 1, fd: to('fdsB') } },
        fdsA: { type: 'struct file *[3]', value: [null, to('regular'), to('end')] },
        fdsB: { type: 'struct file *[1]', value: [to('end')] },
        end: { type: 'struct file', value: { f_op: to('pipefifo_fops'), f_inode: to('inode') } },
        regular: { type: 'struct file', value: { f_op: to('other_fops'), f_inode: to('inode') } },
        inode: { type: 'struct inode', value: { i_pipe: to('pipe') } },
        page: { type: 'struct page' },
        pipe: {
          type: 'struct pipe_inode_info',
          value: { head: 1, tail: 0xffff_fffe, ring_size: 4, bufs: to('ring'), tmp_page: [to('page'), null] },
        },
        ring: {
          type: 'struct pipe_buffer[4]',
          value: [
            { page: to('page'), len: 10 },
            { page: to('page'), len: 4000 },
            { page: to('page'), len: 20 },
            { page: to('page'), len: 30 },
          ],
        },
      },
    },
  );
}

test('pages and bytes in the slots in use, by who has the pipe open; counters that wrapped around', () => {
  const kernel = machine();
  const [pipe, ...others] = openPipes(kernel);
  expect(others).toEqual([]);
  // Slots 2, 3 and 0, and the page kept for the next write.
  expect(pipe).toMatchObject({ address: kernel.addressOf('pipe'), pages: 4, bytes: 60 });
  expect(pipe!.holders.map(({ comm }) => comm)).toEqual(['writer', 'reader']);
  expect(kernel.gaps.list).toEqual([]);
});

test.each([
  ['more slots in use than there are', { 'pipe.head': 9 }],
  ['a ring of no slots', { 'pipe.ring_size': 0 }],
  ['a ring of a billion slots', { 'pipe.ring_size': 0x4000_0000 }],
])('a broken pipe, %s: a gap, and no pipe of a page', (_, overwrite) => {
  const kernel = machine({ overwrite });
  expect(openPipes(kernel)).toEqual([]);
  expect(kernel.gaps.list).toMatchObject([
    {
      what: expect.stringMatching(/^pipe 0x/) as string,
      reason: expect.stringMatching(/^a pipe with \d+ of \d+ slots used/) as string,
    },
  ]);
});

test('a pipe of no slots with none in use is empty but for the page kept', () => {
  expect(openPipes(machine({ overwrite: { 'pipe.ring_size': 0, 'pipe.head': 0xffff_fffe } }))).toMatchObject([
    { pages: 1, bytes: 0 },
  ]);
});

test('a table of open files that can’t be', () => {
  const kernel = machine({ overwrite: { 'tableA.max_fds': 0xffff_ffff, 'tableB.fd': 0xdead_0000n } });
  expect(openPipes(kernel)).toEqual([]);
  expect(kernel.gaps.list.map(({ what }) => what)).toContain('fdtable');
});

test('a ring that is not in the dump is a gap', () => {
  const kernel = machine({ lost: ['ring'] });
  expect(openPipes(kernel)).toEqual([]);
  expect(kernel.gaps.list).toMatchObject([{ what: expect.stringMatching(/^pipe 0x/) as string }]);
});
