import { architectures } from '../arch/architectures.js';
import { badPointerInWords, isBelowZero, valueInWords, type AddressSpaces } from '../faults/bad-pointer.js';
import type { TextArchitecture } from './oops-text.js';

/** A text maps nothing, and has addresses of the architecture that its registers are of. */
export const spaces: AddressSpaces = { ...architectures[0].memory, isUnmapped: () => false };

/** Of these user space is all that begins with 16 bits of zeros; s390's kernel has addresses of its own there. */
const halved: ReadonlySet<TextArchitecture | undefined> = new Set<TextArchitecture | undefined>([
  'arm64',
  'riscv64',
  'ppc64',
]);
const of32Bits: ReadonlySet<TextArchitecture | undefined> = new Set<TextArchitecture | undefined>([
  'i686',
  'arm',
  'ppc32',
  'mips',
]);
/** Offsets from NULL are smaller: the first page is never mapped. */
const SMALL = 4096n;

/** What an address says of how it came to be wrong, as far as its architecture is known; undefined where nothing. */
export function addressInWords(architecture: TextArchitecture | undefined, address: bigint): string | undefined {
  if (of32Bits.has(architecture)) return ofAnyWidth(address);
  // An address is a pointer and an offset: of an error, or of NULL.
  if (isBelowZero(address)) return 'just below NULL: an error used as a pointer, or what has a member at NULL';
  if (architecture === 'x86_64') return badPointerInWords(spaces, address);
  const says = architecture === undefined ? ofAnyWidth(address) : valueInWords(address);
  return says ?? (halved.has(architecture) && address >> 48n === 0n ? 'an address of user space' : undefined);
}

function ofAnyWidth(address: bigint): string | undefined {
  if (address === 0n) return 'a NULL pointer';
  return address < SMALL ? 'an offset from NULL' : undefined;
}
