import { join } from 'node:path';
import type { Kernel } from 'oompm';
import { printedReport, type OomReport } from 'oompm/oom';

import { eventsOf, type CurrentEvent } from '../../plugins/oom/events.js';
import { kernelRecords } from '../../src/linux/printk/kernel-records.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { allDumps, dumpFile, dumpsDir } from '../dumps.js';

/** Dumps of machines that panicked on an OOM, in every file format that there is. */
export const panicDumps = allDumps().filter(
  (dump) => /-panic\/|kdump-(?:global|memcg1|offline)\//.test(dump) && !dump.endsWith('.d31.zstd'),
);

/** The last OOM event of each, still under way, and the kernel's own report of it, without trace and registers. */
export async function eventIn(
  dump: string,
  vmlinux?: string,
  types?: 'btf' | 'dwarf',
): Promise<{ kernel: Kernel; event: CurrentEvent; printed: readonly string[]; printedModel: OomReport }> {
  const kernel = await openDump(dump, vmlinux, types);
  const event = eventsOf(kernel).current.at(-1);
  if (event?.printed === undefined) throw new Error(`${dump}: no event in progress, or none that the log tells of`);
  return { kernel, event, printed: printedReport(kernelRecords(kernel), event.printed), printedModel: event.printed };
}

export async function openDump(dump: string, vmlinux?: string, types?: 'btf' | 'dwarf'): Promise<Kernel> {
  const file = dump.includes('/') ? dump : `${dump}/vmcore`;
  return openKernel({
    dump: [join(dumpsDir(), file)],
    ...(vmlinux === undefined ? {} : { vmlinux: dumpFile(vmlinux)! }),
    ...(types === undefined ? {} : { types }),
  });
}
