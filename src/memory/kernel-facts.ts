import type { X86ControlRegisters } from '../dump/notes.js';

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

/** VMCOREINFO by its keys, as they stand: `SYMBOL(_stext)` and so on. */
export interface VmcoreinfoValues {
  get(key: string): string | undefined;
}

/** The facts that VMCOREINFO and the register notes state. A value that is no number counts as not stated. */
export function kernelFacts(vmcoreinfo: VmcoreinfoValues | undefined, notes: readonly { control?: X86ControlRegisters }[] = []): KernelFacts {
  const symbol = (name: string) => hexadecimal(vmcoreinfo?.get(`SYMBOL(${name})`));
  const number = (name: string) => decimal(vmcoreinfo?.get(`NUMBER(${name})`));
  const physBase = number('phys_base');
  const level5 = number('pgtable_l5_enabled');
  const imageSize = number('KERNEL_IMAGE_SIZE');
  return {
    swapperPgDir: symbol('swapper_pg_dir') ?? symbol('init_top_pgt') ?? symbol('init_level4_pgt'),
    stext: symbol('_stext'),
    physBase: physBase === undefined ? undefined : Number(physBase),
    fiveLevels: level5 === undefined ? undefined : level5 !== 0n,
    smeMask: number('sme_mask'),
    kernelImageBytes: imageSize === undefined ? undefined : Number(imageSize),
    control: notes.flatMap(({ control }) => control ?? []),
  };
}

/** An address as VMCOREINFO has them, %lx without 0x. */
export function hexadecimal(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : undefined;
}

/** %ld, and some NUMBER()s are written %lx with 0x. */
function decimal(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^(-?[0-9]{1,20}|0x[0-9a-f]{1,16})$/i.test(text)) return undefined;
  return BigInt.asIntN(64, text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));
}
