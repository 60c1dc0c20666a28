import type { Kernel } from '../../kernel/kernel.js';
import { contentOfPage } from '../../linux/fs/file-objects.js';
import { hex } from '../../words/hex.js';
import type { FoundLock, LockKind, Sleeper } from '../lock-kind.js';
import { pageLockHolders } from '../owners/page-lock-holders.js';
import { ownWaiters } from '../waits/finders.js';
import { waiterForm } from '../waits/waiters.js';

/** A bit of page.flags that is waited for, mm/filemap.c: PG_locked, PG_writeback. */
export const pageBit: LockKind = {
  name: 'page bit',
  struct: 'struct page',
  functions: {
    acquire: [
      '__lock_page',
      '__folio_lock',
      '__lock_page_killable',
      '__folio_lock_killable',
      '__lock_page_or_retry',
      '__folio_lock_or_retry',
      'wait_on_page_bit',
      'folio_wait_bit',
      'wait_on_page_bit_killable',
      'folio_wait_bit_killable',
      'wait_on_page_writeback',
      'folio_wait_writeback',
    ],
    inside: [
      'wait_on_page_bit_common',
      'folio_wait_bit_common',
      '__wait_on_page_locked_async',
      'migration_entry_wait_on_locked',
    ],
  },
  words: (kernel, { address, bit }) => {
    if (bit === undefined) return '';
    const flags = kernel.attempt('page.flags', () =>
      kernel.memory.u64(address + BigInt(kernel.offsetOf('page', 'flags'))),
    );
    return flags === undefined ? '' : (flags >> BigInt(bit)) & 1n ? 'set' : 'clear';
  },
  finders: [onPageBit],
  holders: pageLockHolders,
  unnamed: () => ': a bit of a page does not name who set it',
};

/** A wait_page_queue on the stack names the page and the bit that is waited for. */
function onPageBit(kernel: Kernel, { task, acquiring }: Sleeper): FoundLock | undefined {
  const queue = waiterForm(kernel, { struct: 'wait_queue_entry', task: 'private', node: 'entry' });
  if (queue === undefined || kernel.missing('wait_page_queue') !== undefined) return undefined;
  const inner = BigInt(kernel.offsetOf('wait_page_queue', 'wait'));
  for (const node of ownWaiters(kernel, task, acquiring, queue)) {
    const { folio, bit_nr: bit } = kernel.ref('wait_page_queue', node - BigInt(queue.node) - inner);
    if (folio < kernel.arch.memory.kernelStart || bit < 0 || bit > 63) continue;
    const flag = [...kernel.enumValues('pageflags')].find(([, value]) => value === bit)?.[0] ?? `bit ${bit}`;
    const content = contentOfPage(kernel, folio);
    return {
      address: folio,
      bit,
      name: {
        text: `${flag} of the page at ${hex(folio)}${content === undefined ? '' : ` (${content})`}`,
        about: flag,
        known: true,
      },
      node,
      how: [`a wait_page_queue on its stack names the page and the bit`],
    };
  }
  return undefined;
}
