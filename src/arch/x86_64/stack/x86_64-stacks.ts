import type { StackArchitecture } from '../../stack/stack-architecture.js';
import { isUserMode, type X86Registers } from '../pt-regs-order.js';
import { exceptionStacks, irqStack } from './cpu-stacks.js';
import { entries, entryName } from './entries.js';
import { dyingFunctions } from './handlers.js';
import { framePointerCaller } from './frame-pointer-step.js';
import { orcTables } from './orc-tables.js';
import { convention, frameOf, onlyKnown, registers } from './registers.js';
import { stackFault } from './stack-fault.js';
import { switchedOut } from './switched-out.js';
import { x86Oops } from './x86-oops.js';

export const x86_64Stacks: StackArchitecture = {
  registers,
  convention,
  anchor: ['secondary_startup_64', 'arch/x86/kernel/head_64.S'],
  frameOf,
  isUserMode: (all) => isUserMode(all as unknown as X86Registers),
  cpuStacks: [
    ['IRQ stack', irqStack],
    ['exception stacks', exceptionStacks],
  ],
  unwindTables: orcTables,
  framePointerCaller,
  switchedOut,
  behindReturn: (at, ip, framePointer) => onlyKnown(ip, at + 8n, framePointer),
  returnSlot: (sp) => sp - 8n,
  /** pt_regs' orig_ax has the number; System V's first argument is the call's too. */
  systemCall({ registers: { orig_ax: number, di: first } }) {
    return number === undefined ? undefined : { number, first };
  },
  systemCallName: (name) => /^(?:__x64_|__ia32_|__se_)?sys_(\w+)$/.exec(name)?.[1],
  entries,
  entryName,
  dyingFunctions,
  oops: x86Oops,
  lastFault: ({ cr2 }) => (cr2 === undefined ? undefined : { register: 'CR2', address: cr2 }),
  stackFault,
};
