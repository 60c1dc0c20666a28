import { expect, test } from 'vitest';
import { taskTypes } from 'oompm/testing';

import { pageFaultLines } from '../../../src/arch/x86_64/stack/page-fault-lines.js';
import { taskOfPid } from '../../../src/linux/sched/tasks.js';
import { lineText } from '../../../src/words/printed-line.js';
import { toyTasks } from '../../linux/toy-tasks.js';

const SMEP = 1n << 20n;
const [USERS, KERNELS] = [0x1007n, 0x1003n];

/** The first line for a call to a page that is mapped and may be executed. */
function first(top: bigint, cr4: bigint, lost: readonly string[] = []) {
  const kernel = toyTasks(
    { sh: { pid: 10 } },
    {
      types: `${taskTypes} struct tlb_state { void *loaded_mm; u16 loaded_mm_asid, next_asid; unsigned long cr4; };`,
      variables: { cpu_tlbstate: { type: 'struct tlb_state', perCpu: [{ cr4 }] } },
      lost,
    },
  );
  const tables = ['PGD', 'P4D', 'PUD', 'PMD', 'PTE'] as const;
  const walk = { entries: tables.map((table) => ({ table, value: top })) };
  return pageFaultLines(
    kernel,
    { kind: 'page fault', cpu: 0, task: taskOfPid(kernel, 10)!, registers: {} as never, noCode: true, number: 1 },
    { address: 0x40_0000n, walk, code: 0x11 },
  )[0]!;
}

test('user space’s code that the kernel was to run', () => {
  expect(first(USERS, SMEP)[0]).toBe('unable to execute userspace code (SMEP?)');
  expect(lineText(first(USERS, 0n))).toMatch(/^BUG: /);
  expect(lineText(first(KERNELS, SMEP))).toMatch(/^BUG: /);
});

test('where CR4 can’t be read that it faulted tells SMEP, and the line says where from', () => {
  const line = first(USERS, SMEP, ['cpu_tlbstate']);
  expect(lineText(line)).toMatch(/^unable to execute userspace code \(SMEP\?\) \(uid: /);
  expect(line[0]).toMatchObject({ what: 'CR4.SMEP', from: 'the fault itself' });
  expect(lineText(first(KERNELS, SMEP, ['cpu_tlbstate']))).toMatch(/^BUG: /);
});
