import { expect, test } from 'vitest';
import { runQueue } from '../../src/tui/data/run-queue.js';

const ids = (...names: string[]) => names.map((id) => ({ id }));
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Runs that end when the test says so; an interrupted one ends by itself, unless it notices too late. */
function toy(...plugins: { id: string }[]) {
  const begun: string[] = [];
  let end: (how: 'whole' | 'interrupted') => void = () => undefined;
  let interrupts = 0;
  const queue = runQueue(plugins, {
    run({ id }) {
      begun.push(id);
      return new Promise((resolve) => (end = resolve));
    },
    interrupt: () => void interrupts++,
    onIdle: () => begun.push('idle'),
  });
  return {
    queue,
    begun,
    interrupts: () => interrupts,
    end: async (how: 'whole' | 'interrupted' = 'whole'): Promise<void> => {
      end(how);
      await settled();
    },
  };
}

test('what is opened runs at once: what was running is interrupted, and comes next', async () => {
  const plugins = ids('a', 'b', 'c');
  const { queue, begun, end, interrupts } = toy(...plugins);
  queue.start();
  queue.next(plugins[2]!, false);
  expect(interrupts()).toBe(1);
  await end('interrupted');
  for (let left = 3; left > 0; left--) await end();
  expect(begun).toEqual(['a', 'c', 'a', 'b', 'idle']);
});

test('one that came to its end before it noticed is not run again', async () => {
  const plugins = ids('a', 'b', 'c');
  const { queue, begun, end } = toy(...plugins);
  queue.start();
  queue.next(plugins[2]!, false);
  for (let left = 3; left > 0; left--) await end();
  expect(begun).toEqual(['a', 'c', 'b', 'idle']);
});

test('the last that is opened comes first, and nothing is interrupted twice', async () => {
  const plugins = ids('a', 'b', 'c', 'd');
  const { queue, begun, end, interrupts } = toy(...plugins);
  queue.start();
  queue.next(plugins[2]!, false);
  queue.next(plugins[3]!, false);
  expect(interrupts()).toBe(1);
  await end('interrupted');
  for (let left = 4; left > 0; left--) await end();
  expect(begun).toEqual(['a', 'd', 'c', 'a', 'b', 'idle']);
});

test('going back to what was interrupted, it is the first again', async () => {
  const plugins = ids('a', 'b');
  const { queue, begun, end } = toy(...plugins);
  queue.start();
  queue.next(plugins[1]!, false);
  queue.next(plugins[0]!, false);
  await end('interrupted');
  await end();
  await end();
  expect(begun).toEqual(['a', 'a', 'b', 'idle']);
});

test('what is running or has run stays, unless it is to be read again', async () => {
  const plugins = ids('a', 'b');
  const { queue, begun, end, interrupts } = toy(...plugins);
  queue.start();
  queue.next(plugins[0]!, false);
  await end();
  queue.next(plugins[0]!, false);
  expect(interrupts()).toBe(0);
  await end();
  queue.next(plugins[0]!, true);
  await end();
  expect(begun).toEqual(['a', 'b', 'idle', 'a', 'idle']);
});

test('one that is running is begun anew where it is to be read again', async () => {
  const plugins = ids('a', 'b');
  const { queue, begun, end, interrupts } = toy(...plugins);
  queue.start();
  queue.next(plugins[0]!, true);
  expect(interrupts()).toBe(1);
  await end('interrupted');
  await end();
  await end();
  expect(begun).toEqual(['a', 'a', 'b', 'idle']);
});
