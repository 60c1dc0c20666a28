import { inactiveTaskFrame } from '../../../../symbols/switch_to.js';
import { Implausible } from '../../../kernel/gaps.js';
import type { Kernel } from '../../../kernel/kernel.js';
import type { Task } from '../../../linux/sched/tasks.js';
import type { Caller } from '../../stack/frame.js';
import { inArea, type StackArea } from '../../stack/stack-area.js';
import { hex } from '../../../words/hex.js';
import { frameOf } from './registers.js';

/**
 * struct inactive_task_frame, at `thread.sp`, holds what __switch_to_asm() saves; its last word is where the task goes
 * on. @throws ReadError, Implausible
 */
export function switchedOut(kernel: Kernel, task: Task, area: StackArea): Caller {
  const { sp } = task.thread;
  const bytes = kernel.bind(inactiveTaskFrame).size;
  if (!inArea(area, sp, bytes))
    throw new Implausible(`thread.sp ${hex(sp)} is not within the task's stack ${hex(area.low)}–${hex(area.high)}`, sp);
  const { r15, r14, r13, r12, bx, bp, ret_addr: ip } = kernel.ref(inactiveTaskFrame, sp);
  const justForked = kernel
    .findSymbols('ret_from_fork')
    .concat(kernel.findSymbols('ret_from_fork_asm'))
    .some(({ address }) => address === ip);
  return {
    ...frameOf({ r15, r14, r13, r12, bx, bp, ip, sp: sp + BigInt(bytes) }),
    interrupted: justForked,
    found: 'registers',
  };
}
