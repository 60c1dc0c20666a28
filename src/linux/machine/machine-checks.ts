import type { HardwareError } from '../../arch/architecture.js';
import { defined } from '../../words/defined.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';

/** An error of the hardware, as a processor told the kernel of it: a struct mce. */
export interface MachineCheck {
  /** The CPU that found it in one of its banks. */
  readonly cpu: number;
  readonly bank: number;
  /** MCi_STATUS. */
  readonly status: bigint;
  readonly says: HardwareError;
  /** Where, if the processor said so. */
  readonly address?: bigint;
  /** Seconds since 1970. */
  readonly time: number;
  /** Of the struct. */
  readonly at: bigint;
}

/** The worst that a CPU met the last time that it was in its handler (`mces_seen`). @throws ReadError */
export function machineCheckSeen(kernel: Kernel, cpu: number): Ref<'mce'> | undefined {
  if (kernel.hasGlobal('mces_seen')) return kernel.perCpuGlobal('mces_seen', cpu);
  return kernel.hasGlobal('hw_errs_seen') ? kernel.perCpuGlobal('hw_errs_seen', cpu).m : undefined;
}

/** undefined where it tells of no error, or is no such record. @throws ReadError */
export function machineCheckOf(kernel: Kernel, mce: Ref<'mce'>): MachineCheck | undefined {
  const { status, extcpu: cpu, bank, time } = mce;
  const says = kernel.arch.hardwareError?.(status);
  if (says?.isValid !== true || !kernel.possibleCpus().includes(cpu)) return undefined;
  return {
    cpu,
    bank,
    status,
    says,
    time: Number(time),
    at: mce.$address,
    ...defined({ address: says.hasAddress ? mce.addr : undefined }),
  };
}

/** mce_gen_pool_create() makes room for 80 records, or two of each CPU. */
const MOST_RECORDS = 1 << 15;

/**
 * The records of the pool that machine checks go through on their way to whoever logs them, earliest first: those that
 * nobody has seen yet, and those that were and have not been overwritten since.
 */
export function pooledMachineChecks(kernel: Kernel): readonly MachineCheck[] {
  return kernel.once('mce_evt_pool', () => {
    if (!kernel.hasGlobal('mce_evt_pool') || kernel.missing('mce_evt_llist') !== undefined) return [];
    const found: MachineCheck[] = [];
    kernel.attempt('mce_evt_pool', () => {
      const pool = kernel.global('mce_evt_pool');
      if (pool === null) return;
      const bytes = 1n << BigInt(pool.min_alloc_order);
      for (const { start_addr: start, end_addr: end } of kernel.list(pool.chunks, 'gen_pool_chunk', 'next_chunk')) {
        for (let at = start, count = 0; at + bytes - 1n <= end && count < MOST_RECORDS; at += bytes, count++) {
          kernel.guard.step();
          const record = kernel.ref('mce_evt_llist', at);
          const check = kernel.attempt('mce_evt_pool', () => {
            const mce = record.mce ?? record.err?.m;
            return mce && machineCheckOf(kernel, mce);
          });
          if (check !== undefined) found.push(check);
        }
      }
    });
    return found.toSorted((a, b) => a.time - b.time);
  });
}
