import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { openSession } from '../../src/session/open-kernel.js';
import { nameFrames } from '../../src/stack/name-frames.js';
import { cpuStack } from '../../src/stack/stacks.js';
import { variablesIn } from '../../src/stack/variables.js';
import { variableText } from '../../src/stack/variable-text.js';
import { dumpFile, unlessMissing } from '../dumps.js';

const vmlinux = dumpFile('vmlinux-5.10');

const handler = [
  'native_queued_spin_lock_slowpath',
  '_raw_spin_lock',
  'vprintk_emit',
  'vprintk_deferred',
  'printk_deferred',
  'get_stack_info.cold',
  'show_trace_log_lvl',
  '__die',
  'die',
  'exc_double_fault',
  'asm_exc_double_fault',
];
const before = [
  'vprintk_emit',
  'devkmsg_emit.constprop.0',
  'devkmsg_write.cold',
  'new_sync_write',
  'vfs_write',
  'ksys_write',
  'do_syscall_64',
  'entry_SYSCALL_64_after_hwframe',
];

describe.each(['5.10-lockstuck', '5.10-lockstuck-native'])('%s', (name) => {
  const dump = dumpFile(join(name, 'vmcore'));

  test.each([
    ['from the dump alone', undefined],
    ['with its vmlinux', vmlinux],
  ])(`${unlessMissing(join(name, 'vmcore'))}: through the double fault, and beyond it, %s`, async (_, file) => {
    if (dump === undefined) return;
    const session = await openSession({ dump: [dump], ...(file === undefined ? {} : { vmlinux: file }) });
    const { kernel } = session;
    const stack = cpuStack(kernel, 1);
    const named = nameFrames(kernel, stack.frames).filter(({ inlined, frame }) => !inlined && !frame.user);

    expect(named.map(({ place }) => place?.function)).toEqual([...handler, 'vprintk_store', ...before]);
    expect(stack.task).toMatchObject({ pid: 57, comm: 'init' });
    expect(stack.frames.slice(0, 11).map(({ area }) => area?.name)).toEqual(handler.map(() => '#DF stack of CPU 1'));

    // The fault came at the first instruction, which pushes: the stack pointer was outside of every stack.
    const faulted = stack.frames[11]!;
    expect(faulted).toMatchObject({ interrupted: true, found: 'unwound', entry: { user: false } });
    expect(faulted.area).toBeUndefined();
    expect(stack.brokenAfter).toBe(11);
    expect(stack.end).toMatch(/^the stack pointer 0xfffffe0000043f98 is 104 bytes below the #DF stack of CPU 1 /);

    expect(new Set(stack.frames.slice(12).map(({ found }) => found))).toEqual(new Set(['scanned']));
    expect(stack.frames.at(-1)).toMatchObject({ user: true, ip: 0x47b7a0n });
    session.close();
  });

  test.skipIf(dump === undefined || vmlinux === undefined)('arguments and locals, with its vmlinux', async () => {
    const session = await openSession({ dump: [dump!], vmlinux: vmlinux! });
    const { kernel } = session;
    const stack = cpuStack(kernel, 1, { savedRegisters: true });
    const valuesIn = (name: string) => {
      const found = nameFrames(kernel, stack.frames).find((frame) => frame.function === name)!;
      return Object.fromEntries(
        variablesIn(kernel, stack, found.frame, found.level).map((variable) => [
          variable.name,
          variableText(kernel, variable),
        ]),
      );
    };
    expect(valuesIn('native_queued_spin_lock_slowpath')).toMatchObject({
      lock: `0x${kernel.symbolNamed('logbuf_lock').toString(16)}`,
      prev: 'optimized out',
    });
    expect(valuesIn('printk_deferred')['fmt']).toMatch(/"\.4WARNING: stack recursion on stack type %d\."$/);
    expect(valuesIn('get_stack_info')).toMatchObject({
      stack: '0xfffffe0000044000',
      task: `0x${stack.task!.$address.toString(16)}`,
    });
    expect(valuesIn('__die_body')['str']).toMatch(/"double fault"$/);
    expect(valuesIn('show_trace_log_lvl')['stack_info']).toMatch(
      /^\{type = STACK_TYPE_EXCEPTION, begin = 0xfffffe0000044000, end = 0xfffffe0000046000, .*\} at 0xfffffe/,
    );
    expect(valuesIn('vprintk_store')).toMatchObject({ level: '5', facility: '1' });
    expect(valuesIn('devkmsg_write')['buf']).toMatch(/"<5>lab: tick\."$/);
    session.close();
  });
});
