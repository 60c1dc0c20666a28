import type { Kernel } from '../../../kernel/kernel.js';
import { registersOf } from '../../../linux/machine/cpu-registers.js';
import type { Task } from '../../../linux/sched/tasks.js';
import { physicalOfDirectMap } from '../../../memory/bases.js';
import { padded, type Elsewhere, type PrintedLine } from '../../../words/printed-line.js';
import type { ControlOf } from '../../stack/oops-printing.js';
import { segmentsIn, type X86ControlRegisters } from '../register-notes.js';

/** Where a value was had that no exception saves. */
interface Had {
  readonly value: bigint;
  readonly from: string;
}

const NOTE = 'the hypervisor’s note';
const PRSTATUS = 'the register note';

/**
 * What __show_regs() reads of the CPU: nothing saves it, so a hypervisor's note has it, or it is what the kernel keeps
 * of it elsewhere. Debug registers are printed where they are in use alone, which nothing tells.
 */
export function controlLines(kernel: Kernel, { cpu, task, registers: { cs }, faulted }: ControlOf): PrintedLine[] {
  const note = registersOf(kernel, cpu);
  const control = note?.control as X86ControlRegisters | undefined;
  const saved = note?.prstatus === undefined || control !== undefined ? undefined : segmentsIn(note.prstatus);
  const had = (name: keyof X86ControlRegisters, otherwise?: () => Had | undefined): Had | undefined =>
    from(NOTE, control?.[name]) ?? otherwise?.();
  const selector = (name: 'ds' | 'es' | 'fs' | 'gs'): Had | undefined =>
    had(name, () => saved && { value: saved[name], from: PRSTATUS });
  const thread = (member: 'fsbase' | 'gsbase'): Had | undefined =>
    from(
      `thread.${member}`,
      kernel.peek('thread_struct', () => task.thread[member]),
    );

  const cr4 = had('cr4', () => from('cpu_tlbstate', cr4Of(kernel, cpu)));
  return [
    [
      'FS:  ',
      shown(
        'FS base',
        had('fsBase', () => thread('fsbase')),
        16,
      ),
      '(',
      shown('FS', selector('fs'), 4),
      ') GS:',
      shown(
        'GS base',
        had('gsBase', () => from('the per-CPU area', kernel.perCpuOffset(cpu))),
        16,
      ),
      '(',
      shown('GS', selector('gs'), 4),
      ') knlGS:',
      shown(
        'knlGS',
        had('kernelGsBase', () => thread('gsbase')),
        16,
      ),
    ],
    [
      'CS:  ',
      cs === undefined ? { what: 'CS', digits: 4 } : padded(cs, 4),
      ' DS: ',
      shown('DS', selector('ds'), 4),
      ' ES: ',
      shown('ES', selector('es'), 4),
      ' CR0: ',
      shown('CR0', had('cr0'), 16),
    ],
    [
      'CR2: ',
      shown(
        'CR2',
        had('cr2', () => from('the instruction', faulted)),
        16,
      ),
      ' CR3: ',
      shown(
        'CR3',
        had('cr3', () => from('mm->pgd', cr3Of(kernel, cpu, task))),
        16,
      ),
      ' CR4: ',
      shown('CR4', cr4, 16),
    ],
    ...(cr4 !== undefined && (cr4.value & CR4_PKE) !== 0n
      ? [
          [
            'PKRU: ',
            shown(
              'PKRU',
              from(
                'thread.pkru',
                kernel.peek('thread_struct', () => pkruOf(task)),
              ),
              8,
            ),
          ],
        ]
      : []),
  ];
}

const CR4_PKE = 1n << 22n;
const CR4_PCIDE = 1n << 17n;
export const CR4_SMEP = 1n << 20n;
export const CR4_SMAP = 1n << 21n;

/** CR4 of a CPU, by a hypervisor's note or the kernel's own copy. */
export function cr4(kernel: Kernel, cpu: number): bigint | undefined {
  return registersOf(kernel, cpu)?.control?.['cr4'] ?? cr4Of(kernel, cpu);
}

/** cpu_tlbstate.cr4: what the kernel last wrote there. */
function cr4Of(kernel: Kernel, cpu: number): bigint | undefined {
  return kernel.peek('cpu_tlbstate.cr4', () => kernel.memory.u64(inTlbState(kernel, cpu, 'cr4')));
}

/** @throws ShapeError */
function inTlbState(kernel: Kernel, cpu: number, member: string): bigint {
  const state = kernel.symbol('cpu_tlbstate') + kernel.perCpuOffset(cpu);
  return BigInt.asUintN(64, state + BigInt(kernel.offsetNamed('tlb_state', member)));
}

/** build_cr3(): the page tables, and the number by which the processor knows them again, where it keeps several. */
export function cr3Of(kernel: Kernel, cpu: number, task: Task): bigint | undefined {
  const root = pageTableRoot(kernel, task);
  const features = cr4Of(kernel, cpu);
  if (root === undefined || features === undefined) return undefined;
  if ((features & CR4_PCIDE) === 0n) return root;
  const asid = kernel.peek('cpu_tlbstate.loaded_mm_asid', () =>
    kernel.memory.u16(inTlbState(kernel, cpu, 'loaded_mm_asid')),
  );
  return asid === undefined ? undefined : root | BigInt(asid + 1);
}

/** The physical address of the page tables that a task runs on; a kernel thread borrows another's. */
export function pageTableRoot(kernel: Kernel, task: Task): bigint | undefined {
  return kernel.peek('mm_struct.pgd', () => {
    const pgd = (task.mm ?? task.active_mm)?.pgd;
    const physical = pgd === undefined ? undefined : physicalOfDirectMap(kernel.bases, pgd);
    return physical === undefined ? undefined : BigInt(physical);
  });
}

function pkruOf({ thread }: Task): bigint | undefined {
  return thread.pkru === undefined ? undefined : BigInt(thread.pkru);
}

function from(source: string, value: bigint | undefined): Had | undefined {
  return value === undefined ? undefined : { value, from: source };
}

function shown(what: string, had: Had | undefined, digits: number): Elsewhere {
  return { what, digits, ...(had && { text: padded(had.value, digits), from: had.from }) };
}
