import { stacksOf } from '../../arch/stack/stack-architectures.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { MemberName, StructName } from '../../kernel/shape.js';
import { wordAt } from '../../kernel/word-at.js';
import { dentryPath, mountPoint } from '../../linux/fs/dentry-path.js';
import type { Task } from '../../linux/sched/tasks.js';
import { codePlace } from '../../stack/code.js';
import type { Context } from '../contexts.js';

/** No table of system calls is longer; compatibility calls have high bits set (x32's bit 30). */
const MOST_CALLS = 600n;

/** System calls whose first argument is a file descriptor. */
const BY_FILE: ReadonlySet<string> = new Set([
  'read',
  'write',
  'readv',
  'writev',
  'pread64',
  'pwrite64',
  'preadv',
  'pwritev',
  'preadv2',
  'pwritev2',
  'ioctl',
  'fsync',
  'fdatasync',
  'ftruncate',
  'fallocate',
  'getdents64',
  'newfstat',
  'fstat',
  'fcntl',
  'flock',
  'close',
  'sendto',
  'sendmsg',
  'recvfrom',
  'recvmsg',
  'accept4',
  'epoll_wait',
]);

/**
 * The system call that a task is in, by the registers that its entry saved: "write(fd 1: /dev/kmsg)". undefined for one
 * that came into the kernel otherwise, or not at all.
 */
export function systemCallOf(kernel: Kernel, { stack, task }: Context): string | undefined {
  const entry = stack.frames.at(-1)?.user ? stack.frames.at(-1)!.entry : undefined;
  const call = entry && stacksOf(kernel).systemCall(entry);
  if (call === undefined || call.number >= MOST_CALLS) return undefined;
  const { number, first: fd } = call;
  const table = kernel.findSymbol('sys_call_table');
  const handler = table === undefined ? undefined : wordAt(kernel, table + number * 8n);
  const place = handler === undefined ? undefined : codePlace(kernel, handler);
  const name = place && stacksOf(kernel).systemCallName(place.function);
  if (name === undefined) return `system call ${number}`;
  if (!BY_FILE.has(name) || fd === undefined || task === undefined) return name;
  const path = openFile(kernel, task, Number(fd & 0xffff_ffffn));
  return path === undefined ? `${name}(fd ${fd})` : `${name}(fd ${fd}: ${path})`;
}

/** RLIMIT_NOFILE's ceiling (sysctl_nr_open) is 2^20 unless somebody raised it. */
const MOST_FILES = 1 << 24;

/** The path of a task's open file, as /proc/PID/fd shows it. */
function openFile(kernel: Kernel, task: Task, fd: number): string | undefined {
  return kernel.attempt(`file descriptor ${fd}`, () => {
    const files = task.files;
    if (!files || fd >= MOST_FILES) return undefined;
    const at = <S extends StructName>(address: bigint, struct: S, member: MemberName<S>): bigint =>
      kernel.memory.u64(address + BigInt(kernel.offsetOf(struct, member)));
    const table = at(files.$address, 'files_struct', 'fdt');
    if (fd >= kernel.memory.u32(table + BigInt(kernel.offsetOf('fdtable', 'max_fds')))) return undefined;
    const file = kernel.memory.u64(at(table, 'fdtable', 'fd') + BigInt(fd * 8));
    if (file === 0n) return undefined;
    const path = file + BigInt(kernel.offsetOf('file', 'f_path'));
    const dentry = kernel.memory.u64(path + BigInt(kernel.offsetOf('path', 'dentry')));
    const mounted = kernel.attempt('mount of a file', () => mountPoint(kernel, at(dentry, 'dentry', 'd_sb')));
    const within = dentryPath(kernel, dentry);
    return mounted === undefined || mounted === '/' ? within : `${mounted}${within}`;
  });
}
