import { xarrayEntries } from '../../kernel/containers/xarray.js';
import type { Kernel } from '../../kernel/kernel.js';
import { diskName } from './disk-name.js';

/** A RAM disk that compresses; where it is swap, its pool is memory that swapping out does not free. */
export interface Zram {
  readonly address: bigint;
  readonly name: string;
  readonly diskBytes: number;
  /** Pages that are stored, before compression. */
  readonly storedPages: number;
  readonly compressedBytes: number;
  /** Memory that the pool takes (zs_get_total_pages()). */
  readonly poolPages: number;
  /** null: no limit. */
  readonly limitPages: number | null;
}

/** The zram devices that are in use, of the module's IDR; empty without zram. */
export function zramDevices(kernel: Kernel): readonly Zram[] {
  const idr = kernel.findSymbol('zram_index_idr');
  if (idr === undefined) return [];
  const devices: Zram[] = [];
  for (const { index, entry } of xarrayEntries(
    kernel,
    idr + BigInt(kernel.offsetOf('idr', 'idr_rt')),
    'zram_index_idr',
  )) {
    const lost = typesLost(kernel);
    if (lost !== undefined) kernel.gap(`zram${index}`, lost);
    const device =
      lost === undefined ? kernel.attempt(`zram${index}`, () => readDevice(kernel, entry, index)) : undefined;
    if (device) devices.push(device);
  }
  return devices;
}

/**
 * A device is there: where the list of its module's types may have lost them, what it holds is lost. Kernels without
 * that list never had them.
 */
function typesLost(kernel: Kernel): string | undefined {
  return kernel.hasGlobal('btf_modules') ? kernel.missing('zram') : undefined;
}

function readDevice(kernel: Kernel, address: bigint, index: bigint): Zram | undefined {
  const zram = kernel.ref('zram', address);
  const pool = zram.mem_pool;
  // A device that has no size yet has no pool.
  if (!pool) return undefined;
  return {
    address,
    name: (zram.disk && diskName(kernel, zram.disk.$address, 'gendisk')) ?? `zram${index}`,
    diskBytes: zram.disksize,
    storedPages: zram.stats.pages_stored,
    compressedBytes: zram.stats.compr_data_size,
    poolPages: pool.pages_allocated,
    limitPages: zram.limit_pages === 0 ? null : zram.limit_pages,
  };
}
