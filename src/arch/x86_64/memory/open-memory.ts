import type { KernelSpace } from '../../../memory/kernel-space.js';
import type { MemoryArchitecture } from '../../architecture.js';
import { findBases } from './find-bases.js';
import { kernelFacts } from './kernel-facts.js';
import { KERNEL_MAP, kernelSpace, LARGEST_IMAGE_BYTES } from './kernel-space.js';
import { implausibleFacts } from './stated-facts.js';
import { userSpace } from './user-space.js';

export const memory: MemoryArchitecture = {
  kernelImage: { start: KERNEL_MAP, bytes: LARGEST_IMAGE_BYTES },
  // CONFIG_PHYSICAL_START is 16 MiB by default.
  usualText: KERNEL_MAP + 0x100_0000n,
  kernelStart: 1n << 63n,
  // MODULES_VADDR with KASLR, MODULES_END; Documentation/arch/x86/x86_64/mm.rst.
  modules: { start: 0xffff_ffff_c000_0000n, end: 0xffff_ffff_ff00_0000n },
  usualStackBytes: 16384,
  kernelSpace(physical, vmcoreinfo, notes): KernelSpace {
    const space = kernelSpace(physical, kernelFacts(vmcoreinfo, notes));
    return {
      ...space,
      defects: [...space.defects, ...implausibleFacts(vmcoreinfo)],
      findBases: (hints) => findBases(space, hints),
      userSpace: (pgdPhysical) => userSpace(space, pgdPhysical),
    };
  },
};
