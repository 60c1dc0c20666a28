import type { StackFault } from '../../stack/stack-architecture.js';
import { hex } from '../../../words/hex.js';

/** How far below a stack pointer an access is its own. */
const NEAR = 4096n;

/** What wrote to the stack, and why the fault could not be delivered. */
export function stackFault({ sp, control, write, isUnmapped }: StackFault): string[] {
  const target = sp - 8n;
  const cr2 = control?.['cr2'];
  const frame = (sp & ~15n) - 8n;
  const sentences: string[] = [];
  if (write !== undefined && isUnmapped(target)) {
    sentences.push(
      `The ${write} there writes to ${hex(target)}, which no page table maps: a page fault, ` +
        'whose own frame goes onto the same stack, so that it could not be delivered either.',
    );
  }
  if (cr2 === frame)
    sentences.push(`CR2 is ${hex(cr2)}: the very word at which the processor would begin to push that fault's frame.`);
  else if (cr2 !== undefined && cr2 < sp && sp - cr2 <= NEAR)
    sentences.push(`CR2 is ${hex(cr2)}, ${sp - cr2} bytes below that stack pointer: the access that failed.`);
  return sentences;
}
