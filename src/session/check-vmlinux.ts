import type { SymbolName } from '../../symbols/symbol-names.js';
import { InputError } from '../bytes/input-error.js';
import type { Vmlinux } from '../debuginfo/vmlinux.js';
import type { Vmcoreinfo } from '../dump/vmcoreinfo.js';
import type { AddressSpace } from '../memory/address-space.js';
import { readOr } from '../kernel/read-or.js';
import { buildIdInMemory } from './memory-witness.js';

/** Longest `linux_banner` that is read. */
const LONGEST_BANNER = 1024;

/**
 * Whether a vmlinux is of the very kernel that died: by build-id (in VMCOREINFO since 5.9), else by `linux_banner` in
 * the dump's memory.
 * @returns what speaks against it; undefined where it fits or nothing can tell
 */
export function mismatch(
  vmlinux: Vmlinux,
  info: Vmcoreinfo | undefined,
  memory: AddressSpace,
  kaslrOffset: bigint,
): string | undefined {
  const dumpId = info?.get('BUILD-ID');
  if (dumpId !== undefined && vmlinux.buildId !== undefined) {
    if (dumpId === vmlinux.buildId) return undefined;
    // VMCOREINFO may be what is damaged.
    const symbols = vmlinux.symbols(kaslrOffset);
    return symbols !== undefined && buildIdInMemory(memory, symbols) === vmlinux.buildId
      ? undefined
      : `its build-id is ${vmlinux.buildId}, the dump's kernel has ${dumpId}`;
  }
  const banner = vmlinux.banner();
  if (banner === undefined) return undefined;
  const found = bannerInMemory(vmlinux, memory, kaslrOffset);
  if (found !== undefined) return found === banner ? undefined : `it is "${banner}", the dump's kernel "${found}"`;
  const release = info?.get('OSRELEASE');
  return release === undefined || banner.startsWith(`Linux version ${release} `)
    ? undefined
    : `it is "${banner}", the dump's kernel is ${release}`;
}

/** @throws InputError unless it fits or `force` is set */
export function checkVmlinux(
  vmlinux: Vmlinux,
  info: Vmcoreinfo | undefined,
  memory: AddressSpace,
  kaslrOffset: bigint,
  force: boolean,
): void {
  const reason = mismatch(vmlinux, info, memory, kaslrOffset);
  if (reason === undefined || force) return;
  throw new InputError(
    `${vmlinux.path} is not of the kernel in the dump: ${reason}; give the right one, none at all, or --force to use it anyway.`,
  );
}

/** linux_banner, where memory has one at the place that the vmlinux and the offset say. */
export function bannerInMemory(vmlinux: Vmlinux, memory: AddressSpace, kaslrOffset: bigint): string | undefined {
  const address = vmlinux.symbols(kaslrOffset)?.addressOf('linux_banner' satisfies SymbolName);
  if (address === undefined) return undefined;
  const text = readOr(
    () => memory.cString(address, LONGEST_BANNER),
    () => undefined,
  );
  return text?.startsWith('Linux version ') ? text.trimEnd() : undefined;
}
