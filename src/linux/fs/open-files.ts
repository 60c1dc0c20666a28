import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { processes, type Task } from '../sched/tasks.js';

/** /proc/sys/fs/nr_open may be raised up to 2^30; a table of more is broken. */
const MOST_FILES = 1 << 24;

/** The addresses of a process's open `struct file`s; the table as a whole is read at once. */
export function* openFiles(kernel: Kernel, process: Task): Generator<bigint> {
  const table = kernel.attempt('files_struct', () => process.files?.fdt ?? undefined);
  if (!table) return;
  const bytes = kernel.attempt('fdtable', () => {
    if (table.max_fds > MOST_FILES) throw new Implausible(`a table of ${table.max_fds} files`, table.$address);
    return kernel.memory.read(table.fd, table.max_fds * 8);
  });
  if (bytes === undefined) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    kernel.guard.step();
    const file = view.getBigUint64(at, true);
    if (file !== 0n) yield file;
  }
}

/** Processes that have one of these inodes open, by inode. Who only has it mapped is not found. */
export function openedBy(kernel: Kernel, inodes: ReadonlySet<bigint>): ReadonlyMap<bigint, readonly Task[]> {
  const holders = new Map<bigint, Set<Task>>();
  if (inodes.size === 0) return new Map();
  for (const process of processes(kernel)) {
    for (const file of openFiles(kernel, process)) {
      const inode = kernel.attempt('struct file', () => kernel.ref('file', file).f_inode);
      if (inode === undefined || !inodes.has(inode)) continue;
      const known = holders.get(inode);
      if (known) known.add(process);
      else holders.set(inode, new Set([process]));
    }
  }
  return new Map([...holders].map(([inode, tasks]) => [inode, [...tasks]]));
}
