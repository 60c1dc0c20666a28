import { definePlugin, stacks, InputError, type Kernel } from 'oompm';
import { panicOf, statesInWords, taskStateWords } from 'oompm/linux';
import { cpuOf, cpuStack, stackOf, type TaskStack } from 'oompm/stack';

import { chosenTasks } from './chosen-tasks.js';
import { foldedStacks } from './fold.js';

export default definePlugin({
  id: 'bt',
  summary: 'Stacks of CPUs and tasks',
  needs: ['task_struct'],
  flags: {
    active: { type: 'boolean', char: 'a', summary: 'what each CPU runs' },
    cpu: { type: 'integer', char: 'c', min: 0, multiple: true, summary: 'what these CPUs run' },
    all: { type: 'boolean', char: 'A', summary: 'every task' },
    state: {
      type: 'string',
      char: 's',
      summary: `tasks in these states, by the letters of ps: ${statesInWords(Object.keys(taskStateWords))}`,
    },
    locals: {
      type: 'boolean',
      char: 'l',
      summary: 'with arguments and local variables; needs a vmlinux with debug information',
    },
    limit: { type: 'integer', char: 'n', min: 1, summary: 'at most N different stacks; the panic comes first' },
    brief: { type: 'boolean', char: 'b', summary: 'without the registers that entries into the kernel saved' },
  },
  arguments: {
    task: { type: 'string', summary: 'tasks with that pid, name or address; * stands for any text', multiple: true },
  },
  // A thousand CPUs that spin, each at another instruction, are told of in a few stacks.
  inReport: { active: true, state: 'D', brief: true, limit: 20 },
  examples: ['vmcore', 'vmcore -a', 'vmcore 57', 'vmcore --state D', 'vmcore --all', 'vmcore 57 --locals vmlinux'],
  *run(kernel, flags) {
    const unwinding = { savedRegisters: flags.locals };
    const showing = { registers: !flags.brief, variables: flags.locals, limit: flags.limit ?? Infinity };
    const chosen = chosenTasks(kernel, flags);
    const panic = panicOf(kernel);
    const all = flags.active ? kernel.possibleCpus() : flags.cpu;
    const cpus =
      flags.limit === undefined ? all : all.toSorted((a, b) => Number(b === panic?.cpu) - Number(a === panic?.cpu));
    if (cpus.length > 0)
      yield stacks('CPUs', foldedStacks(kernel, stacksOfCpus(kernel, cpus, unwinding), showing), { id: 'cpus' });
    if (chosen) {
      // What a CPU runs has been shown with the CPU.
      const tasks = flags.active ? chosen.tasks.filter((task) => cpuOf(kernel, task) === undefined) : chosen.tasks;
      yield stacks(
        tasks.length < chosen.tasks.length ? `${chosen.title}, beside those that run` : chosen.title,
        foldedStacks(
          kernel,
          tasks.map((task) => () => stackOf(kernel, task, unwinding)),
          showing,
        ),
        { id: 'tasks' },
      );
    }
    if (chosen || cpus.length > 0) return;
    const own = panic?.cpu === undefined ? kernel.possibleCpus() : [panic.cpu];
    yield stacks(
      panic?.cpu === undefined ? 'CPUs' : 'The CPU that panicked',
      foldedStacks(kernel, stacksOfCpus(kernel, own, unwinding), showing),
      { id: 'cpus' },
    );
  },
});

function stacksOfCpus(
  kernel: Kernel,
  cpus: readonly number[],
  options: { savedRegisters: boolean },
): (() => TaskStack)[] {
  const unknown = cpus.find((cpu) => !kernel.possibleCpus().includes(cpu));
  if (unknown !== undefined)
    throw new InputError(`This machine has no CPU ${unknown}; its CPUs are ${kernel.possibleCpus().join(', ')}.`);
  return cpus.map((cpu) => () => cpuStack(kernel, cpu, options));
}
