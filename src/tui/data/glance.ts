import { parseVmcoreinfo } from '../../dump/vmcoreinfo.js';
import { openDump } from '../../dump/open-dump.js';
import type { DumpFacts } from '../../report/report.js';
import { nameGiven } from '../../session/host-name.js';
import type { OpenOptions } from '../../session/open-kernel.js';
import { defined } from '../../words/defined.js';

/** What the dump's own header says, before anything is looked for in memory: the first true thing on the screen. */
export async function glance({ dump: files, vmlinux }: OpenOptions): Promise<DumpFacts> {
  const dump = await openDump(files);
  try {
    const info = dump.vmcoreinfo === undefined ? undefined : parseVmcoreinfo(dump.vmcoreinfo);
    const host = nameGiven(dump.uname?.nodename);
    return {
      files,
      format: dump.formatName,
      architecture: dump.architecture,
      release: info?.get('OSRELEASE') ?? dump.uname?.release ?? 'of unknown release',
      ...defined({ host }),
      pageSize: dump.memory.pageSize,
      ...defined({ vmlinux }),
      defects: dump.defects,
    };
  } finally {
    dump.close();
  }
}
