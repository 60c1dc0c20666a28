import { InputError } from '../bytes/input-error.js';
import { oneLine } from '../report/escape.js';
import type { CommonValues } from './common-flags.js';
import { endProgress, progress } from './progress.js';
import { defined } from '../words/defined.js';

/**
 * The vmlinux that belongs to a dump, by its build-id: from the usual places, else, where the user asked for it, from a
 * debuginfod server. Where it can't be had, a line on stderr says why, and the dump is read alone: it mostly has the
 * answer.
 */
export async function ownVmlinux(
  files: readonly string[],
  { search, debuginfod }: Pick<CommonValues, 'search' | 'debuginfod'>,
): Promise<string | undefined> {
  if (!search && !debuginfod) return undefined;
  const { dumpPath, buildId, release } = await kernelOf(files);
  if (buildId === undefined) {
    if (debuginfod)
      noted(
        `debuginfod can't be asked for the kernel of ${dumpPath}: the dump's VMCOREINFO has no BUILD-ID (kernels before 5.9); give the vmlinux.`,
      );
    return undefined;
  }
  const found = search ? await foundHere({ dumpPath, buildId, ...defined({ release }) }) : undefined;
  return found ?? (debuginfod ? fetched(buildId) : undefined);
}

async function kernelOf(
  files: readonly string[],
): Promise<{ dumpPath: string; buildId: string | undefined; release: string | undefined }> {
  const [{ openDump }, { parseVmcoreinfo }] = await Promise.all([
    import('../dump/open-dump.js'),
    import('../dump/vmcoreinfo.js'),
  ]);
  const dump = await openDump(files);
  dump.close();
  const info = dump.vmcoreinfo === undefined ? undefined : parseVmcoreinfo(dump.vmcoreinfo);
  return { dumpPath: dump.path, buildId: info?.get('BUILD-ID'), release: info?.get('OSRELEASE') };
}

async function foundHere(wanted: { dumpPath: string; buildId: string; release?: string }): Promise<string | undefined> {
  const { findVmlinux } = await import('../debuginfo/find-vmlinux.js');
  const { vmlinux, hindered } = await findVmlinux(wanted);
  vmlinux?.close();
  if (vmlinux === undefined) for (const sentence of hindered) noted(sentence);
  return vmlinux?.path;
}

/** Without a vmlinux the answer may be poorer, and the user had one. */
function noted(sentence: string): void {
  endProgress();
  process.stderr.write(`oompm: going on without a vmlinux: ${oneLine(sentence)}\n`);
}

async function fetched(buildId: string): Promise<string | undefined> {
  const { fetchDebuginfod } = await import('../debuginfo/debuginfod.js');
  try {
    return await fetchDebuginfod(buildId, {
      progress: (bytes, total) =>
        progress(`fetching the vmlinux: ${mebibytes(bytes)}${total === undefined ? '' : ` of ${mebibytes(total)}`}`),
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    noted(error.message);
    return undefined;
  }
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}
