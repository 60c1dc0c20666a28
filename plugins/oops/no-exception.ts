import { fact, facts, type FactsView, type Kernel } from 'oompm';
import type { Ending, EndingKind } from 'oompm/endings';
import { panicOf } from 'oompm/linux';

/** What ended a kernel that no exception did. */
const words: Readonly<Partial<Record<EndingKind, string>>> = {
  warning: 'a warning was made a panic',
  'stack protector': 'the stack protector called panic()',
  'machine check': 'the handler of machine checks called panic()',
  'out of memory': 'panic() was called for want of memory',
  'init killed': 'init ended',
  'no root': 'the root file system could not be mounted',
  'by hand': 'the crash was asked for by hand (sysrq-c)',
  panic: 'code of the kernel called panic() itself',
};

/** That no exception ended the kernel, and what did. */
export function noExceptionView(kernel: Kernel, ending: Ending | undefined): FactsView {
  const by = ending === undefined ? untold(kernel) : inWords(ending);
  return facts('The end', [fact('exception', 'Exception', 'text', by)], { id: 'exception' });
}

function inWords({ kind, policy }: Ending): string {
  if (kind !== 'warning' && policy !== undefined) return `none: ${policy} made the panic`;
  return `none: ${words[kind] ?? 'the kernel panicked'}`;
}

function untold(kernel: Kernel): string {
  return panicOf(kernel) === undefined
    ? 'none: nothing says that the kernel panicked'
    : 'not to be told: the stack of the CPU that panicked can’t be had';
}
