import type { AddressSpaces } from '../faults/bad-pointer.js';
import type { Kernel } from '../kernel/kernel.js';
import { lastUnloadedModule, unloadedTaintedModules, type UnloadedModule } from '../linux/module/unloaded-modules.js';
import { isUnmapped } from '../memory/address-space.js';
import { codeRangeOf } from '../stack/code.js';

/** The kernel's regions, what its page tables map, and which modules are gone. */
export function spacesOf(kernel: Kernel): AddressSpaces {
  const { arch, memory } = kernel;
  return {
    ...arch.memory,
    isUnmapped: (address) => isUnmapped(memory, address),
    isFreedCode: (address) => isFreedCode(kernel, address),
    hole: (address) => holeInWords(kernel, address),
    unloaded: () => unloadedInWords(kernel),
  };
}

/** Of a time that is past: of what was mapped then nothing is known. */
export function spacesOfPast(kernel: Kernel): AddressSpaces {
  return { ...kernel.arch.memory, isUnmapped: () => false };
}

/** As far as no instruction reaches. */
const FILLED = 16;

/** execmem_free() fills with breakpoints what it keeps for the next module (since 6.13). */
function isFreedCode(kernel: Kernel, address: bigint): boolean {
  if (codeRangeOf(kernel, address) !== undefined) return false;
  const { breakpoint } = kernel.arch.code;
  const start = address - (address % BigInt(FILLED));
  const bytes = kernel.peek('code', () => kernel.memory.read(start, FILLED));
  return bytes?.every((byte, i) => byte === breakpoint[i % breakpoint.length]) === true;
}

/** More `struct page`s than any machine has: of 2^52 bytes. */
const MOST_VMEMMAP_BYTES = 1n << 46n;

/** "an address of the vmalloc area where nothing is mapped"; undefined of what is mapped, or of no region. */
function holeInWords({ memory, bases }: Kernel, address: bigint): string | undefined {
  const { directMap, vmalloc, vmemmap } = bases;
  if (directMap === undefined || vmalloc === undefined || vmemmap === undefined || !isUnmapped(memory, address))
    return undefined;
  if (address >= directMap.address && address < vmalloc.address)
    return 'an address of the direct map where no memory is';
  if (address >= vmalloc.address && address < vmemmap.address)
    return 'an address of the vmalloc area where nothing is mapped';
  const isPage = address >= vmemmap.address && address < vmemmap.address + MOST_VMEMMAP_BYTES;
  return isPage ? 'the struct page of memory that is not there' : undefined;
}

/** Modules that are named. */
const NAMED = 3;

/** "acme (OE) was unloaded last", "no module was unloaded"; undefined where that can't be read. */
function unloadedInWords(kernel: Kernel): string | undefined {
  if (kernel.findSymbol('last_unloaded_module') === undefined) return undefined;
  return kernel.attempt('last_unloaded_module', () => {
    const last = lastUnloadedModule(kernel);
    const others = unloadedTaintedModules(kernel).filter(({ name }) => name !== last?.name);
    const more = others.slice(0, NAMED).map(named).join(', ');
    const rest = others.length > NAMED ? ', …' : '';
    if (last === undefined)
      return more === ''
        ? 'none was unloaded, or it went as its init failed'
        : `${more}${rest} went as ${others.length === 1 ? 'its' : 'their'} init failed`;
    // The list is no order: a name that comes again keeps its place, and an init may have failed since.
    return `${named(last)} was unloaded last${more === '' ? '' : `; gone too: ${more}${rest}`}`;
  });
}

function named({ name, taints }: UnloadedModule): string {
  return taints === '' ? name : `${name} (${taints})`;
}
