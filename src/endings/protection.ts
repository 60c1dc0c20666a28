import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { Kernel } from '../kernel/kernel.js';
import { defined } from '../words/defined.js';
import type { Ending } from './ending.js';

/** Of a page fault at a page that is mapped: how that is protected against it; undefined where nothing says so. */
export function protectionOf(kernel: Kernel, { exception, context }: Ending): string | undefined {
  const { task, cpu } = context;
  if (exception?.kind !== 'page fault' || task === undefined || cpu === undefined) return undefined;
  const { saved, access, noCode = false } = exception.faulted;
  return kernel.attempt('page tables', () =>
    stacksOf(kernel).oops.protection(kernel, {
      kind: exception.kind,
      cpu,
      task,
      registers: saved.registers,
      noCode,
      number: undefined,
      ...defined({ access }),
    }),
  );
}
