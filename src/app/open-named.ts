import { InputError } from '../bytes/input-error.js';
import type { NamedTask } from '../report/redact.js';
import type { DumpFacts } from '../report/report.js';
import type { OpenOptions, Session } from '../session/open-kernel.js';
import type { CommonValues } from './common-flags.js';
import { isKernel } from '../debuginfo/identify.js';
import { ownVmlinux } from './own-vmlinux.js';
import { progress } from './progress.js';
import { tellFiles } from './tell-files.js';
import { defined } from '../words/defined.js';
import { size } from '../words/quantity.js';

/** An opened dump, and what a report's head says of it. */
export interface Opened {
  session: Session;
  facts: DumpFacts;
  /** What it was opened with, for a worker that opens it again. */
  options: OpenOptions;
  /** Words of the command line that name no file. */
  rest: string[];
  /** Its tasks, where their names are to be hidden. */
  tasks: readonly NamedTask[];
}

/**
 * Opens what the command line names.
 * @throws InputError
 */
export async function openNamed(command: string, words: readonly string[], flags: CommonValues): Promise<Opened> {
  const { options, rest } = await namedFiles(command, words, flags);
  const [{ openSession }, { hostOf }] = await Promise.all([
    import('../session/open-kernel.js'),
    import('../session/host-name.js'),
  ]);
  const session = await openSession({
    ...options,
    onUnpacked: (done, stated) => progress(`unpacking ${options.vmlinux}: ${size(done)} of ${size(stated)}`),
  });
  return {
    session,
    facts: factsOf(session, options, hostOf(session)),
    options,
    rest,
    tasks: flags.redact ? await namedTasks(session) : [],
  };
}

/** Those that can be read. One whose flags can't is taken for a user's. */
async function namedTasks({ kernel }: Session): Promise<NamedTask[]> {
  const [{ isKernelThread }, { surveyTasks }] = await Promise.all([
    import('../linux/sched/task-state.js'),
    import('../linux/sched/tasks.js'),
  ]);
  const { threads } = kernel.attempt('names of tasks', () => surveyTasks(kernel)) ?? { threads: [] };
  return threads.flatMap(
    (task) =>
      kernel.attempt('task_struct.comm', () => [
        { comm: task.comm, isKernelThread: kernel.attempt('task_struct.flags', () => isKernelThread(task)) ?? false },
      ]) ?? [],
  );
}

/**
 * The files that a command line names, and the vmlinux that belongs to them.
 * @throws InputError
 */
export async function namedFiles(
  command: string,
  words: readonly string[],
  flags: CommonValues,
): Promise<Pick<Opened, 'options' | 'rest'>> {
  if (words.length === 0) throw new InputError(`${command} needs a dump: oompm ${command} VMCORE`);
  const { dump, vmlinux, packed, rest } = tellFiles(words);
  if (packed !== undefined) throw new InputError(await packedAlone(command, packed));
  if (dump.length === 0)
    throw new InputError(
      isKernel(vmlinux!)
        ? `${vmlinux} is a kernel, not a dump: oompm ${command} VMCORE ${vmlinux}`
        : `${vmlinux} is a program, not a dump: oompm ${command} VMCORE`,
    );
  progress(`opening ${dump[0]}`);
  const kernelFile = flags.vmlinux ?? vmlinux ?? (await ownVmlinux(dump, flags));
  const options: OpenOptions = {
    dump,
    ...defined({ vmlinux: kernelFile }),
    ...(flags.force ? { force: true } : {}),
    ...defined({ types: flags.types, vmcoreinfo: flags.vmcoreinfo }),
  };
  return { options, rest };
}

/** A packed kernel is read as it is, a packed dump is not; which of both it is, is looked for. */
async function packedAlone(command: string, path: string): Promise<string> {
  const [{ openFile }, { packedInWords, packingOf }, { roleInside }] = await Promise.all([
    import('../bytes/file-reader.js'),
    import('../bytes/packing.js'),
    import('../debuginfo/unpack/role-inside.js'),
  ]);
  const file = openFile(path);
  try {
    const packing = packingOf(file.read(0, 16));
    if (packing === undefined) return `${path} changed while it was read`;
    const role = await roleInside(file);
    if (role === 'vmlinux')
      return `${path} is a packed kernel (${packing}), not a dump: oompm ${command} VMCORE ${path}`;
    const unpack = `${path} ${packedInWords(path, packing)}`;
    return role === 'dump' ? unpack : `${unpack} (only a kernel may stay packed, and a dump must be given beside it)`;
  } finally {
    file.close();
  }
}

/** The facts after the work is done: with the damage that was met on the way, and first of all that files changed. */
export function factsAfter({ session, facts }: Opened): DumpFacts {
  return { ...facts, defects: session.defectsByNow() };
}

function factsOf(
  { kernel, dump, defects, vmlinux }: Session,
  { dump: files }: OpenOptions,
  host: string | undefined,
): DumpFacts {
  return {
    files,
    format: dump.formatName,
    architecture: kernel.architecture,
    release: kernel.release,
    ...defined({ host }),
    pageSize: kernel.memory.pageSize,
    ...(vmlinux === undefined ? {} : { vmlinux: vmlinux.path }),
    defects,
  };
}
