import {
  taskTypes,
  to,
  toyKernel,
  type ToyKernel,
  type ToyKernelOptions,
  type ToyObject,
  type ToyValue,
} from 'oompm/testing';

/**
 * A kernel of a few tasks: `init_task`, then the given ones on its list, each with a signal_struct, a struct pid and
 * its place in the IDR.
 */
export function toyTasks(
  tasks: Readonly<Record<string, Readonly<Record<string, ToyValue>> & { pid: number }>>,
  more: Partial<ToyKernelOptions> & {
    unlisted?: readonly string[];
    threadsOf?: Readonly<Record<string, readonly string[]>>;
  } = {},
): ToyKernel {
  const { unlisted = [], threadsOf = {}, ...options } = more;
  const names = Object.keys(tasks);
  const leaderOf = (name: string): string =>
    Object.keys(threadsOf).find((leader) => threadsOf[leader]!.includes(name)) ?? name;
  const objects: Record<string, ToyObject> = {};
  const slots: ToyValue[] = [];
  for (const name of names) {
    const leader = leaderOf(name);
    const { pid } = tasks[name]!;
    objects[name] = {
      type: 'struct task_struct',
      value: {
        tgid: tasks[leader]!.pid,
        comm: name,
        group_leader: to(leader),
        signal: to(`signal_${leader}`),
        real_parent: to('init_task'),
        ...tasks[name],
      },
    };
    if (leader === name) objects[`signal_${name}`] = { type: 'struct signal_struct' };
    objects[`pid_${name}`] = { type: 'struct pid', value: { tasks: [{ first: to(`${name}.pid_links[0]`) }] } };
    slots[pid] = to(`pid_${name}`);
  }
  const leaders = names.filter((name) => leaderOf(name) === name);
  return toyKernel({
    types: taskTypes,
    ...options,
    variables: {
      init_task: {
        type: 'struct task_struct',
        value: { comm: 'swapper/0', signal: to('signal_init'), group_leader: to('init_task') },
      },
      // A node's entry is its address with 2 in the low bits: where its third byte stands.
      init_pid_ns: { type: 'struct pid_namespace', value: { idr: { idr_rt: { xa_head: to('idr_root.count') } } } },
      nr_threads: { type: 'int', value: names.length },
      runqueues: {
        type: 'struct rq',
        perCpu: Array.from({ length: options.cpus ?? 1 }, () => ({ curr: to('init_task'), idle: to('init_task') })),
      },
      ...options.variables,
    },
    objects: {
      signal_init: { type: 'struct signal_struct' },
      idr_root: { type: 'struct xa_node', value: { slots: Array.from({ length: 64 }, (_, i) => slots[i] ?? null) } },
      ...objects,
      ...options.objects,
    },
    lists: [
      ['init_task.tasks', ...leaders.filter((name) => !unlisted.includes(name)).map((name) => `${name}.tasks`)],
      ...leaders.map((name) => [
        `signal_${name}.thread_head`,
        `${name}.thread_node`,
        ...(threadsOf[name] ?? []).map((thread) => `${thread}.thread_node`),
      ]),
      ...(options.lists ?? []),
    ],
  });
}
