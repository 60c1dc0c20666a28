import { columns, doorTo, gap, readOrGap, type Kernel } from 'oompm';
import { cpuRegisters, cpusIn, currentTask, taskLabel } from 'oompm/linux';

export const cpuColumns = columns([
  { key: 'cpu', title: 'CPU', type: 'integer' },
  { key: 'online', title: 'ONLINE', type: 'boolean', dispensable: 1 },
  { key: 'task', title: 'TASK', type: 'task' },
  { key: 'at', title: 'AT', type: 'text' },
  { key: 'ip', title: 'IP', type: 'address', dispensable: 2 },
  { key: 'registers', title: 'REGISTERS', type: 'text', dispensable: 3 },
]);

/** What each possible CPU was at. */
export function* cpuRows(kernel: Kernel) {
  const online = readOrGap('cpu_online_mask', () => cpusIn(kernel, 'online'));
  for (const registers of cpuRegisters(kernel)) {
    const { cpu } = registers;
    const task = readOrGap('current_task', () => currentTask(kernel, cpu));
    const ip = 'note' in registers ? registers.note.registers.ip : null;
    const symbol = ip === null ? undefined : kernel.symbols.at(ip);
    yield {
      cells: {
        cpu,
        online: 'gap' in online ? online : online.includes(cpu),
        task: task === null || 'gap' in task ? task : taskLabel(kernel, task),
        at: symbol ? `${symbol.symbol.name}+0x${symbol.offset.toString(16)}` : null,
        ip,
        registers:
          'note' in registers
            ? `by ${registers.by}`
            : registers.lost
              ? gap('register notes', registers.reason)
              : registers.reason,
      },
      ...(task === null || 'gap' in task ? {} : { door: doorTo(task) }),
    };
  }
}
