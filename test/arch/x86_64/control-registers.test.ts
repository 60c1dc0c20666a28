import { expect, test } from 'vitest';
import { taskTypes, to } from 'oompm/testing';

import { cr3Of } from '../../../src/arch/x86_64/stack/control-registers.js';
import { taskOfPid } from '../../../src/linux/sched/tasks.js';
import { toyTasks } from '../../linux/toy-tasks.js';

const PCIDE = 1n << 17n;
const DIRECT_MAP = 0xffff_8880_0000_0000n;

/** CR3 of a CPU whose task has, or has borrowed, page tables at 0x123000. */
function cr3(features: bigint, { member = 'mm', lost = [] }: { member?: string; lost?: string[] } = {}) {
  const kernel = toyTasks(
    { sh: { pid: 10, [member]: to('mm') } },
    {
      types: `${taskTypes} struct tlb_state { void *loaded_mm; u16 loaded_mm_asid, next_asid; unsigned long cr4; };`,
      variables: {
        cpu_tlbstate: { type: 'struct tlb_state', perCpu: [{ loaded_mm_asid: 5, cr4: features }] },
      },
      objects: { mm: { type: 'struct mm_struct', value: { pgd: DIRECT_MAP + 0x12_3000n } } },
      lost,
    },
  );
  const bases = { directMap: { address: DIRECT_MAP, source: 'variable' as const } };
  return cr3Of({ ...kernel, bases }, 0, taskOfPid(kernel, 10)!);
}

test('CR3 is where the page tables are, with the number that a processor with PCIDs gave them', () => {
  expect(cr3(0n)).toBe(0x12_3000n);
  expect(cr3(PCIDE)).toBe(0x12_3006n);
  // A kernel thread borrows another's.
  expect(cr3(PCIDE, { member: 'active_mm' })).toBe(0x12_3006n);
});

test('without the kernel’s own copy of CR4 nobody knows whether it has one', () => {
  expect(cr3(PCIDE, { lost: ['cpu_tlbstate'] })).toBeUndefined();
});
