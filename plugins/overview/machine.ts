import { counted, fact, gap, numberRanges, readOrGap, type Cell, type Fact, type Kernel } from 'oompm';
import {
  commandLine,
  cpusIn,
  hardwareName,
  loadAverage,
  surveyTasks,
  totalRamPages,
  uts,
  type CpuMask,
} from 'oompm/linux';

export function machineFacts(kernel: Kernel): Fact[] {
  const name = readOrGap('init_uts_ns', () => uts(kernel));
  const ofName = (key: 'nodename' | 'version' | 'machine'): Cell => ('gap' in name ? name : name[key]);
  return [
    fact('release', 'Kernel', 'text', kernel.release),
    fact('version', 'Built', 'text', ofName('version')),
    fact('host', 'Host', 'text', ofName('nodename')),
    fact('architecture', 'Architecture', 'text', 'gap' in name ? kernel.architecture : name.machine),
    ...hardwareFact(kernel),
    fact(
      'commandLine',
      'Command line',
      'text',
      readOrGap('saved_command_line', () => commandLine(kernel)),
    ),
    cpuFact(kernel, 'possible', 'CPUs'),
    cpuFact(kernel, 'present', 'CPUs present'),
    cpuFact(kernel, 'online', 'CPUs online'),
    fact(
      'memory',
      'Memory',
      'pages',
      readOrGap('_totalram_pages', () => totalRamPages(kernel)),
      { note: 'that the kernel manages' },
    ),
    fact(
      'load',
      'Load',
      'text',
      readOrGap('avenrun', () =>
        loadAverage(kernel)
          .map((load) => load.toFixed(2))
          .join(' '),
      ),
      { note: 'over 1, 5 and 15 minutes' },
    ),
    taskFact(kernel),
  ];
}

/** None where the firmware named no hardware. */
function hardwareFact(kernel: Kernel): Fact[] {
  const name = readOrGap('dump_stack_arch_desc_str', () => hardwareName(kernel));
  return name === '' ? [] : [fact('hardware', 'Hardware', 'text', name)];
}

function cpuFact(kernel: Kernel, mask: CpuMask, title: string): Fact {
  const cpus = readOrGap(`cpu_${mask}_mask`, () => cpusIn(kernel, mask));
  if ('gap' in cpus) return fact(`${mask}Cpus`, title, 'integer', cpus);
  // A panic stops the other CPUs and takes them out of the mask; with a crash kernel it does not.
  return fact(`${mask}Cpus`, title, 'integer', cpus.length, { note: numberRanges(cpus) });
}

function taskFact(kernel: Kernel): Fact {
  const { processes, threads, unreadable } = surveyTasks(kernel);
  // No kernel is without a task.
  if (threads.length === 0)
    return fact('tasks', 'Processes', 'integer', gap('tasks', 'no list of the tasks can be read'));
  const note = `${counted(threads.length, 'thread')}${unreadable.length === 0 ? '' : `; ${counted(unreadable.length, 'more task')} can't be read`}`;
  return fact('tasks', 'Processes', 'integer', processes.length, { note });
}
