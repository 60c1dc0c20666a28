import { expect, test } from 'vitest';
import type { Kernel } from 'oompm';
import { logRecords } from 'oompm/linux';
import oom from '../../plugins/oom/index.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { dumpFile } from '../dumps.js';
import { viewsOf } from './views-of.js';

const findings = (kernel: Kernel): readonly string[] =>
  viewsOf(oom, kernel, { log: true }).flatMap((view) =>
    view.kind === 'findings' ? view.findings.map(({ sentence }) => sentence) : [],
  );

/**
 * The same kernel with every record of its log made one that user space wrote: devkmsg_write() forces facility 1 on
 * those.
 */
function writtenByUsers(kernel: Kernel): Kernel {
  const offset = (name: string): number => Number(kernel.vmcoreinfo(name));
  const ring = kernel.memory.u64(kernel.symbols.addressOf('prb')!);
  const infos = kernel.memory.u64(
    ring + BigInt(offset('OFFSET(printk_ringbuffer.desc_ring)') + offset('OFFSET(prb_desc_ring.infos)')),
  );
  const size = offset('SIZE(printk_info)');
  const facility = offset('OFFSET(printk_info.text_len)') + 2;
  const read: Kernel['memory']['read'] = (address, length) => {
    const bytes = kernel.memory.read(address, length);
    if (address >= infos && address < infos + (1n << 22n) && length % size === 0)
      for (let at = facility; at < length; at += size) bytes[at] = 1;
    return bytes;
  };
  return { ...kernel, memory: { ...kernel.memory, read } };
}

const dump = dumpFile('6.1-global-panic/vmcore')!;

test('a report that user space wrote into the log is nobody’s word', async () => {
  const forged = writtenByUsers(await openKernel({ dump: [dump] }));
  expect([
    ...new Set([...logRecords(forged)].map((record) => ('facility' in record ? record.facility : undefined))),
  ]).toEqual([1]);
  expect(findings(forged)).toEqual([]);
});

test('the same records from the kernel are read', async () => {
  expect(findings(await openKernel({ dump: [dump] })).length).toBeGreaterThan(3);
});
