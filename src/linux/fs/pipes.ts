import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { processes, type Task } from '../sched/tasks.js';
import { openFiles } from './open-files.js';

/** A pipe or FIFO that some process has open. */
export interface Pipe {
  /** struct pipe_inode_info */
  readonly address: bigint;
  /** Pages that it holds: kernel memory that is in no process's rss. */
  readonly pages: number;
  /** Bytes written and not read yet. */
  readonly bytes: number;
  /** Processes that have it open. */
  readonly holders: readonly Task[];
}

/** F_SETPIPE_SZ: a pipe's ring has at most 2^20 slots for root (1 << 31 bytes). */
const MOST_SLOTS = 1 << 20;

/**
 * Pipes by the processes that have them open, the fullest first. What is only on its way through a socket is not found.
 */
export function openPipes(kernel: Kernel): readonly Pipe[] {
  const operations = kernel.findSymbol('pipefifo_fops');
  if (operations === undefined) return [];
  const holders = new Map<bigint, Set<Task>>();
  const inodeOf = pipeOfInode(kernel);
  for (const process of processes(kernel)) {
    for (const file of openFiles(kernel, process)) {
      const pipe = kernel.attempt('struct file', () => {
        const { f_op, f_inode } = kernel.ref('file', file);
        return f_op === operations && f_inode !== 0n ? inodeOf(f_inode) : 0n;
      });
      if (pipe === undefined || pipe === 0n) continue;
      const known = holders.get(pipe);
      if (known) known.add(process);
      else holders.set(pipe, new Set([process]));
    }
  }
  return [...holders]
    .flatMap(([address, tasks]) => {
      const held = kernel.attempt(`pipe 0x${address.toString(16)}`, () => pipeContent(kernel, address));
      return held ? [{ address, ...held, holders: [...tasks] }] : [];
    })
    .toSorted((a, b) => b.pages - a.pages);
}

/** inode->i_pipe, in a union without a name. */
function pipeOfInode(kernel: Kernel): (inode: bigint) => bigint {
  const offset = kernel.has('inode', 'i_pipe') ? BigInt(kernel.offsetOf('inode', 'i_pipe')) : undefined;
  return (inode) => (offset === undefined ? 0n : kernel.memory.u64(inode + offset));
}

function pipeContent(kernel: Kernel, address: bigint): { pages: number; bytes: number } {
  const pipe = kernel.ref('pipe_inode_info', address);
  const { head, tail, ring_size: slots, bufs } = pipe;
  const used = (head - tail) >>> 0;
  if (slots > MOST_SLOTS || used > slots) throw new Implausible(`a pipe with ${used} of ${slots} slots used`, address);
  let [pages, bytes] = [0, 0];
  const size = BigInt(kernel.sizeOf('pipe_buffer'));
  for (let i = 0; i < used; i++) {
    kernel.guard.step();
    // The ring's size is a power of two.
    const buffer = kernel.ref('pipe_buffer', bufs + BigInt((tail + i) & (slots - 1)) * size);
    if (buffer.page !== 0n) pages++;
    bytes += buffer.len;
  }
  // Up to two pages are kept for the next write.
  pipe.tmp_page?.forEach((page) => {
    if (page !== null) pages++;
  });
  return { pages, bytes };
}
