import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import type { Kernel } from '../../src/kernel/kernel.js';
import { taskOfPid } from '../../src/linux/sched/tasks.js';
import { taskState } from '../../src/linux/sched/task-state.js';
import { openSession } from '../../src/session/open-kernel.js';
import { nameFrames } from '../../src/stack/name-frames.js';
import { cpuOf, cpuStack, stackOf, type TaskStack } from '../../src/stack/stacks.js';
import { allDumps, dumpFile, dumpsDir } from '../dumps.js';
import { printedTraces, type PrintedFrame, type PrintedTrace } from './printed-traces.js';

const dumps = allDumps().filter((dump) => dump.endsWith('/vmcore'));

/** Where the kernel printed a trace of somebody who is still there: the panic, hung tasks, CPUs that spin. */
const withTraces = dumps.filter((dump) => traceOf(dump).length > 0);

function traceOf(dump: string): PrintedTrace[] {
  const log = readFileSync(join(dumpsDir(), dirname(dump), 'kernel.log'), 'utf8');
  const traces = printedTraces(log);
  const panic = traces.findLast((trace) => trace.panic);
  const nmi = log.includes('NMI backtrace') ? traces.filter(({ of }) => 'cpu' in of) : [];
  const tasks = traces.filter(({ of }) => !('cpu' in of));
  return [...(panic ? [panic] : []), ...lastOfEach(nmi), ...lastOfEach(tasks)];
}

function lastOfEach(traces: readonly PrintedTrace[]): PrintedTrace[] {
  return [...new Map(traces.map((trace) => [JSON.stringify(trace.of), trace])).values()];
}

/** Our frames as the kernel prints them: by symbol, inlined functions not at all. */
function asPrinted(kernel: Kernel, stack: TaskStack): PrintedFrame[] {
  return nameFrames(kernel, stack.frames).flatMap(({ inlined, place, frame }) =>
    inlined || !place
      ? []
      : [
          {
            name: place.function,
            offset: place.offset,
            size: place.size,
            ...(place.module === undefined ? {} : { module: place.module }),
            ...(frame.entry && frame.interrupted ? { interrupted: true as const } : {}),
          },
        ],
  );
}

function below(frames: readonly PrintedFrame[]): readonly PrintedFrame[] {
  return frames.slice(frames.findLastIndex(({ name }) => name === 'panic' || name === 'vpanic') + 1);
}

/** Sizes come from the vmlinux where there is one, and do not count the padding that kallsyms counts. */
function words(frames: readonly PrintedFrame[]): string[] {
  return frames.map(
    ({ name, offset, module, interrupted }) =>
      `${name}${interrupted ? ' interrupted' : `+0x${offset.toString(16)}`}${module === undefined ? '' : ` [${module}]`}`,
  );
}

async function compared(dump: string, vmlinux?: string): Promise<string[]> {
  const session = await openSession({ dump: [join(dumpsDir(), dump)], ...(vmlinux === undefined ? {} : { vmlinux }) });
  const { kernel } = session;
  const held: string[] = [];
  try {
    for (const { of, panic, frames } of traceOf(dump)) {
      if ('cpu' in of) {
        const stack = cpuStack(kernel, of.cpu);
        if (stack.task?.pid !== of.pid) continue;
        const own = words(asPrinted(kernel, stack));
        if (panic) {
          expect(words(below(asPrinted(kernel, stack))), `CPU ${of.cpu}, below panic`).toEqual(words(below(frames)));
        } else {
          // In the NMI that printed it the innermost function stood in the registers; where an interrupt came
          // meanwhile, below it.
          const printed = words(frames);
          const from = frames.findLastIndex(({ interrupted }) => interrupted) + 1;
          const still = printed.slice(stack.frames[0]!.area?.name === 'task stack' ? from : 0);
          expect(own.slice(-still.length), `CPU ${of.cpu}`).toEqual(still);
        }
        held.push(`CPU ${of.cpu}`);
      } else {
        const task = taskOfPid(kernel, of.pid);
        if (!task || cpuOf(kernel, task) !== undefined || taskState(task).letter !== 'D') continue;
        expect(words(asPrinted(kernel, stackOf(kernel, task))), `task ${of.pid}`).toEqual(words(frames));
        held.push(`task ${of.pid}`);
      }
    }
  } finally {
    session.close();
  }
  return held;
}

describe.skipIf(withTraces.length === 0)('stacks are those that the kernel itself printed', () => {
  test.each(withTraces)('%s, from the dump alone', async (dump) => {
    expect((await compared(dump)).length).toBeGreaterThan(0);
  });

  test.each(
    withTraces.flatMap((dump) => {
      const vmlinux = dumpFile(`vmlinux-${/^[\d.]+/.exec(dump)?.[0]}`);
      return vmlinux === undefined ? [] : [[dump, vmlinux] as const];
    }),
  )('%s, with its vmlinux', async (dump, vmlinux) => {
    expect((await compared(dump, vmlinux)).length).toBeGreaterThan(0);
  });
});
