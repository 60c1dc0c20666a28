import type { Kernel } from '../../kernel/kernel.js';

/** A block device's disk: "zram0", "vda" (of the whole disk where it is a partition). undefined where there is none. */
export function diskName(kernel: Kernel, address: bigint, struct: 'block_device' | 'gendisk'): string | undefined {
  if (address === 0n) return undefined;
  return kernel.attempt(`name of the disk of ${struct} 0x${address.toString(16)}`, () => {
    const disk =
      struct === 'gendisk' ? address : kernel.memory.u64(address + BigInt(kernel.offsetOf('block_device', 'bd_disk')));
    return disk === 0n ? undefined : kernel.ref('gendisk', disk).disk_name;
  });
}
