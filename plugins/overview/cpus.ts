import { columns, doorTo, gap, readOrGap, type Kernel } from 'oompm';
import { cpuRegisters, cpusIn, currentTask, taskLabel, type CpuRegisters } from 'oompm/linux';

export const cpuColumns = columns([
  { key: 'cpu', title: 'CPU', type: 'integer' },
  { key: 'online', title: 'ONLINE', type: 'boolean', dispensable: 1 },
  { key: 'task', title: 'TASK', type: 'task' },
  { key: 'at', title: 'AT', type: 'text' },
  { key: 'ip', title: 'IP', type: 'address', dispensable: 2 },
  { key: 'registers', title: 'REGISTERS', type: 'text', dispensable: 3 },
]);

/** Who wrote a CPU's registers down, or why they are not known. */
function registersFrom(registers: CpuRegisters) {
  if ('note' in registers) return `by ${registers.by}`;
  return registers.lost ? gap('register notes', registers.reason) : registers.reason;
}

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
        registers: registersFrom(registers),
      },
      ...(task === null || 'gap' in task ? {} : { door: doorTo(task) }),
    };
  }
}
