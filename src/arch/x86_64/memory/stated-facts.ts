import type { VmcoreinfoLines } from '../../../memory/kernel-space.js';

/** CONFIG_PHYSICAL_ALIGN is this at least, and KASLR moves the image by multiples of it within KERNEL_IMAGE_SIZE. */
const LEAST_ALIGNMENT = 0x20_0000n;
const KERNEL_IMAGE_SIZE = 0x4000_0000n;

/** A sentence for each line of VMCOREINFO that no x86_64 kernel writes so. */
export function implausibleFacts(info: VmcoreinfoLines | undefined): string[] {
  const pageSize = info?.get?.('PAGESIZE');
  const offset = info?.get?.('KERNELOFFSET');
  const value = /^[\da-f]{1,16}$/i.test(offset ?? '') ? BigInt(`0x${offset}`) : undefined;
  const fits = value !== undefined && value < KERNEL_IMAGE_SIZE && value % LEAST_ALIGNMENT === 0n;
  return [
    ...(pageSize === undefined || pageSize === '4096'
      ? []
      : [damaged('PAGESIZE', pageSize, 'pages of these machines have 4096 bytes')]),
    ...(offset === undefined || fits
      ? []
      : [damaged('KERNELOFFSET', offset, 'KASLR moves a kernel by multiples of 2 MiB, and less than 1 GiB')]),
  ];
}

const LONGEST_SHOWN = 20;

function damaged(key: string, value: string, rule: string): string {
  return `VMCOREINFO is damaged: its ${key} is "${value.slice(0, LONGEST_SHOWN)}", where ${rule}.`;
}
