/**
 * What oompm has no reader for, walked by a plugin: the high-resolution timers that are armed on each CPU, as
 * /proc/timer_list shows them. They hang on red-black trees, one for each clock.
 *
 *   oompm timers vmcore --plugin ./timers.ts
 */
import { columns, definePlugin, readOrGap, ShapeError, table, type Gap, type Kernel, type RowOf } from 'oompm';
import { addressNamed, rbtreeNodes, symbolInWords } from 'oompm/inspect';

const list = columns([
  { key: 'cpu', title: 'CPU', type: 'integer' },
  { key: 'clock', title: 'CLOCK', type: 'integer' },
  { key: 'expires', title: 'EXPIRES', type: 'ns' },
  { key: 'function', title: 'FUNCTION', type: 'symbol' },
]);

export default definePlugin({
  id: 'timers',
  summary: 'High-resolution timers that are armed, by CPU and clock',
  inReport: false,
  examples: ['vmcore --plugin ./timers.ts'],

  *run(kernel) {
    yield table(
      'Timers',
      list,
      kernel.possibleCpus().flatMap((cpu) => [...timersOf(kernel, cpu)]),
    );
  },
});

/** Clocks are numbered as enum hrtimer_base_type numbers them: 0 is CLOCK_MONOTONIC. */
function* timersOf(kernel: Kernel, cpu: number): Generator<RowOf<typeof list>> {
  // Dots lead into members, by this kernel's own types: what 7.2 put in between (timerqueue_linked_node) is no matter.
  const offset = (struct: string, member: string): bigint => BigInt(kernel.offsetNamed(struct, member));
  const bases = addressNamed(kernel, `hrtimer_bases:${cpu}`) + offset('hrtimer_cpu_base', 'clock_base');
  const clocks = kernel.enumerator('HRTIMER_MAX_CLOCK_BASES');
  // Not known is not none.
  if (clocks === undefined)
    throw new ShapeError('this kernel has no HRTIMER_MAX_CLOCK_BASES: how many clocks there are is not known');
  for (let clock = 0; clock < clocks; clock++) {
    const tree =
      bases + BigInt(clock * kernel.sizeNamed('hrtimer_clock_base')) + offset('hrtimer_clock_base', 'active');
    for (const node of rbtreeNodes(kernel, tree, `timers of CPU ${cpu}, clock ${clock}`)) {
      const timer = node - offset('hrtimer', 'node.node');
      yield {
        cells: {
          cpu,
          clock,
          expires: expiryOf(kernel, timer + offset('hrtimer', 'node.expires')),
          function: functionOf(kernel, timer + offset('hrtimer', 'function')),
        },
        door: { type: 'struct hrtimer', address: timer },
      };
    }
  }
}

/** In nanoseconds of that clock; where its page is not in the dump the row stands, and the cell says why. */
function expiryOf(kernel: Kernel, at: bigint): number | Gap {
  return readOrGap('hrtimer.node.expires', () => Number(kernel.memory.u64(at)));
}

function functionOf(kernel: Kernel, at: bigint): string | null | Gap {
  return readOrGap('hrtimer.function', () => symbolInWords(kernel, kernel.memory.u64(at)) ?? null);
}
