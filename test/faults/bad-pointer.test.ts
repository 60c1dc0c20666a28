import { expect, test } from 'vitest';

import { architectures } from '../../src/arch/architectures.js';
import { badPointerInWords } from '../../src/faults/bad-pointer.js';

const spaces = { ...architectures[0].memory, isUnmapped: () => true };
const words = (value: bigint) => badPointerInWords(spaces, BigInt.asUintN(64, value));

test.each([
  [0n, 'a NULL pointer'],
  [-14n, 'the error -EFAULT, used as a pointer'],
  [-4095n, '4095 below NULL: an error used as a pointer, or what has a member at NULL'],
  [4095n, 'an offset from NULL'],
  [0x7fff_ffff_f000n, 'an address of user space'],
  [0x0000_8000_0000_0000n, 'no address of the kernel'],
  [0x8000_0000_0000_0000n, 'no canonical address'],
  [0xdead_0000_0000_0122n, 'LIST_POISON2, of an entry that is in no list any more'],
  [0xdead_0000_0000_0400n, 'list poison, of an entry that is in no list any more'],
  [0x5a5a_5a5a_5a5a_5a5an, 'SLUB’s poison of memory that was never written to (0x5a)'],
  [0x6b6b_6b6b_6b6b_6b93n, 'SLUB’s poison of freed memory (0x6b)'],
  [0x006b_6b6b_6b6b_6b73n, 'SLUB’s poison of freed memory (0x6b)'],
  [0xff6b_6b6b_6b6b_6b73n, 'SLUB’s poison of freed memory (0x6b)'],
  [0x006b_6b6b_6e6f_6b73n, 'the text “skonkkk”, where a pointer should be'],
  [0xffff_ffff_dead_4eadn, 'the magic of a spinlock'],
  [0xffff_ffff_c012_3000n, 'an address of module space where no module is (any more)'],
  [0x0068_7361_6262n, 'an address of user space'],
  [0x0063_6e79_735f_7366n, 'the text “fs_sync”, where a pointer should be'],
])('0x%s says what it is', (value, says) => {
  expect(words(value)).toBe(says);
});

test.each([-4096n, 0xffff_8880_0123_4000n, 0xffff_c900_0020_0000n, 0xffff_ffff_8100_0000n])(
  '%s looks like any address',
  (value) => {
    expect(words(value)).toBeUndefined();
  },
);

test('in a text that maps nothing out nobody can say that no module is there', () => {
  const unknown = { ...spaces, isUnmapped: () => false };
  expect(badPointerInWords(unknown, 0xffff_ffff_c012_3000n)).toBeUndefined();
});
