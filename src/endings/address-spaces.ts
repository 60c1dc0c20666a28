import type { AddressSpaces } from '../faults/bad-pointer.js';
import type { Kernel } from '../kernel/kernel.js';
import { isUnmapped } from '../memory/address-space.js';

/** The kernel's regions, and what its page tables map. */
export function spacesOf({ arch, memory }: Kernel): AddressSpaces {
  return { ...arch.memory, isUnmapped: (address) => isUnmapped(memory, address) };
}
