import type { VmcoreinfoLines } from '../../../memory/kernel-space.js';
import type { RegisterNote } from '../../registers.js';
import type { X86ControlRegisters } from '../register-notes.js';

/** What a dump states of its kernel's memory; whatever is missing is found by other ways, or said to be missing. */
export interface KernelFacts {
  /** SYMBOL(swapper_pg_dir), the kernel's own top page table (init_top_pgt is another name for it). */
  swapperPgDir?: bigint | undefined;
  /** SYMBOL(_stext) */
  stext?: bigint | undefined;
  /** NUMBER(phys_base), signed, in bytes. */
  physBase?: number | undefined;
  /** NUMBER(pgtable_l5_enabled) */
  fiveLevels?: boolean | undefined;
  /** NUMBER(sme_mask) */
  smeMask?: bigint | undefined;
  /** NUMBER(KERNEL_IMAGE_SIZE) */
  kernelImageBytes?: number | undefined;
  /** One for each CPU, from QEMU's notes; real kdumps have none. */
  control?: readonly X86ControlRegisters[] | undefined;
}

/** The facts that VMCOREINFO and the register notes state. */
export function kernelFacts(vmcoreinfo: VmcoreinfoLines | undefined, notes: readonly RegisterNote[] = []): KernelFacts {
  const physBase = vmcoreinfo?.number('phys_base');
  const level5 = vmcoreinfo?.number('pgtable_l5_enabled');
  const imageSize = vmcoreinfo?.number('KERNEL_IMAGE_SIZE');
  return {
    swapperPgDir:
      vmcoreinfo?.symbol('swapper_pg_dir') ??
      vmcoreinfo?.symbol('init_top_pgt') ??
      vmcoreinfo?.symbol('init_level4_pgt'),
    stext: vmcoreinfo?.symbol('_stext'),
    physBase: physBase === undefined ? undefined : Number(physBase),
    fiveLevels: level5 === undefined ? undefined : level5 !== 0n,
    smeMask: vmcoreinfo?.number('sme_mask'),
    kernelImageBytes: imageSize === undefined ? undefined : Number(imageSize),
    control: notes.flatMap(({ control }) => (control as X86ControlRegisters | undefined) ?? []),
  };
}
