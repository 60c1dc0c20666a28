import { columns, defined, doorTo, gap, isGap, readOrGap, type CellOf, type Gap, type Kernel, type RowOf } from 'oompm';
import {
  isKernelThread,
  oomMarks,
  ppidOf,
  residentPages,
  rssOf,
  taskCpu,
  taskLabel,
  taskState,
  uidOf,
  type RssPages,
  type Task,
  type UnreadableTask,
} from 'oompm/linux';

const list = columns([
  { key: 'pid', title: 'PID', type: 'pid' },
  { key: 'tgid', title: 'TGID', type: 'pid', dispensable: 6 },
  { key: 'ppid', title: 'PPID', type: 'pid', dispensable: 3 },
  { key: 'uid', title: 'UID', type: 'integer', dispensable: 2 },
  { key: 'state', title: 'ST', type: 'text' },
  { key: 'cpu', title: 'CPU', type: 'integer', dispensable: 4 },
  { key: 'onCpu', title: 'ON CPU', type: 'boolean', dispensable: 5 },
  { key: 'totalVm', title: 'VM', type: 'pages', dispensable: 1 },
  { key: 'rss', title: 'RSS', type: 'pages' },
  { key: 'rssAnon', title: 'ANON', type: 'pages', dispensable: 2 },
  { key: 'rssFile', title: 'FILE', type: 'pages', dispensable: 3 },
  { key: 'rssShmem', title: 'SHMEM', type: 'pages', dispensable: 3 },
  // What the kernel's own reports go by: without what threads or CPUs keep to themselves.
  { key: 'rssApproximate', title: 'RSS~', type: 'pages', dispensable: 7 },
  { key: 'rssAnonApproximate', title: 'ANON~', type: 'pages', dispensable: 9 },
  { key: 'rssFileApproximate', title: 'FILE~', type: 'pages', dispensable: 9 },
  { key: 'rssShmemApproximate', title: 'SHMEM~', type: 'pages', dispensable: 9 },
  { key: 'swap', title: 'SWAP', type: 'pages', dispensable: 2 },
  { key: 'swapApproximate', title: 'SWAP~', type: 'pages', dispensable: 9 },
  { key: 'pageTables', title: 'PGTABLES', type: 'bytes', dispensable: 2 },
  { key: 'oomScoreAdj', title: 'ADJ', type: 'integer', dispensable: 1 },
  { key: 'oom', title: 'OOM', type: 'flags', dispensable: 1 },
  { key: 'comm', title: 'COMM', type: 'task' },
]);

type Key = (typeof list)[number]['key'];
export type TaskRow = RowOf<typeof list>;

/** The columns, with that one first: a tree indents its first. */
export function taskColumns(first: Key): typeof list {
  return [...list.filter(({ key }) => key === first), ...list.filter(({ key }) => key !== first)];
}

/** What a task of the kernel has: no memory of its own. */
export const kernelThreadColumns = columns([
  { key: 'pid', title: 'PID', type: 'pid' },
  { key: 'ppid', title: 'PPID', type: 'pid', dispensable: 3 },
  { key: 'uid', title: 'UID', type: 'integer', dispensable: 4 },
  { key: 'state', title: 'ST', type: 'text' },
  { key: 'cpu', title: 'CPU', type: 'integer', dispensable: 1 },
  { key: 'onCpu', title: 'ON CPU', type: 'boolean', dispensable: 2 },
  { key: 'comm', title: 'COMM', type: 'task' },
]);

export function kernelThreadRow({ cells, ...rest }: TaskRow): RowOf<typeof kernelThreadColumns> {
  const { pid, ppid, uid, state, cpu, onCpu, comm } = cells;
  return { cells: { pid, ppid, uid, state, cpu, onCpu, comm }, ...rest };
}

/** By what is resident; what can't be read comes last, and equal ones stay as they are. */
export function largestFirst(rows: readonly TaskRow[]): TaskRow[] {
  const size = ({ cells }: TaskRow): number => (typeof cells.rss === 'number' ? cells.rss : -1);
  return rows.toSorted((a, b) => size(b) - size(a));
}

/** One task; what a task of the kernel does not have is null. */
export function taskRow(kernel: Kernel, task: Task): TaskRow {
  const read = <T>(what: string, of: () => T): T | Gap => readOrGap(`task_struct.${what}`, of);
  const mm = readOrGap('task_struct.mm', () => (isKernelThread(task) ? null : task.mm));
  const ofMm = (what: string, of: (held: NonNullable<Task['mm']>) => number): CellOf<'pages'> => {
    if (mm === null || 'gap' in mm) return mm;
    return readOrGap(`mm_struct.${what}`, () => of(mm));
  };
  const rss = mm === null || 'gap' in mm ? mm : readOrGap('mm_struct.rss_stat', () => rssOf(kernel, mm));
  const approximate = (of: (counted: RssPages) => number): CellOf<'pages'> =>
    rss === null || 'gap' in rss ? rss : of(rss.approximate);
  const exact = (of: (counted: RssPages) => number): CellOf<'pages'> => {
    if (rss === null || 'gap' in rss) return rss;
    return rss.exact === undefined ? notAdded : of(rss.exact);
  };
  const row: TaskRow = {
    cells: {
      pid: read('pid', () => task.pid),
      tgid: read('tgid', () => task.tgid),
      ppid: read('real_parent', () => ppidOf(task)),
      uid: read('real_cred', () => uidOf(task) ?? null),
      state: read('__state', () => taskState(task).letter),
      cpu: read('cpu', () => taskCpu(task) ?? null),
      onCpu: read('on_cpu', () => taskState(task).onCpu),
      totalVm: ofMm('total_vm', (held) => held.total_vm),
      rss: exact(residentPages),
      rssAnon: exact(({ anon }) => anon),
      rssFile: exact(({ file }) => file),
      rssShmem: exact(({ shmem }) => shmem),
      rssApproximate: approximate(residentPages),
      rssAnonApproximate: approximate(({ anon }) => anon),
      rssFileApproximate: approximate(({ file }) => file),
      rssShmemApproximate: approximate(({ shmem }) => shmem),
      swap: exact((counted) => counted.swap),
      swapApproximate: approximate((counted) => counted.swap),
      pageTables: ofMm('pgtables_bytes', (held) => held.pgtables_bytes),
      oomScoreAdj: readOrGap('signal_struct.oom_score_adj', () => task.signal?.oom_score_adj ?? null),
      oom: readOrGap('signal_struct.oom_mm', () => marksOf(kernel, task)),
      comm: read('comm', () => task.comm),
    },
    door: doorTo(task),
  };
  const missing = Object.values(row.cells).filter(isGap);
  // One line for a task, whose memory two pages share, and not one for each cell.
  if (missing.length > 0)
    kernel.gap(
      taskLabel(kernel, task),
      `${missing.length} of its columns can't be read; ${missing[0]!.what}: ${missing[0]!.reason}`,
      missing[0]!.address,
    );
  return row;
}

const notAdded = gap('rss_stat', "what a thread or a CPU has not added to it yet can't be read");

/** What the OOM killer has done to it, in its own words. */
function marksOf(kernel: Kernel, task: Task): readonly string[] | null {
  if (isKernelThread(task)) return null;
  const { victim, skipped, reaperQueued, marked } = oomMarks(kernel, task);
  const marks = [
    marked || victim ? 'victim' : '',
    victim ? 'memdie' : '',
    reaperQueued ? 'reaper' : '',
    skipped ? 'skip' : '',
  ].filter((mark) => mark !== '');
  return marks.length === 0 ? null : marks;
}

/** A task that is known to be there: its pid where that is known, and the reason in every other cell. */
export function unreadableRow({ pid, address, reason }: UnreadableTask): TaskRow {
  const missing = gap(pid === undefined ? 'task' : `task with pid ${pid}`, reason, address);
  return {
    cells: {
      ...(Object.fromEntries(list.map(({ key }) => [key, missing])) as Record<Key, Gap>),
      ...defined({ pid }),
    },
    ...(address === undefined ? {} : { door: { type: 'struct task_struct', address } }),
  };
}
