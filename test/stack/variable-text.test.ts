import { expect, test } from 'vitest';
import { variableText } from 'oompm/stack';
import { toyKernel } from 'oompm/testing';

test('a pointer behind what is read of a large struct is not NULL; one that is read and 0 is', () => {
  const kernel = toyKernel({
    types: 'struct big { void *first; char room[4096]; void *far; };',
    objects: { big: { type: 'struct big' } },
  });
  const type = kernel.types.struct('big')!;
  expect(
    variableText(kernel, {
      name: 'big',
      type,
      where: { kind: 'memory', address: kernel.addressOf('big') },
    } as Parameters<typeof variableText>[1]),
  ).toMatch(/^\{first = NULL, room = "", far = \?\} at 0x/);
});
