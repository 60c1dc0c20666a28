import { expect, test } from 'vitest';

import { typeLayout, type LaidOutMember } from '../../src/inspect/type-layout.js';
import { toyKernel } from '../../src/testing/index.js';

function layoutOf(declarations: string, name: string): readonly LaidOutMember[] {
  return typeLayout(toyKernel({ types: declarations }).types.struct(name)!);
}

test('members with offset and size, and the holes between them', () => {
  expect(layoutOf('struct thing { char first; long second; char third; int fourth; };', 'thing')).toMatchObject([
    { declaration: 'char first', offset: 0, size: 1, hole: 0 },
    { declaration: 'long second', offset: 8, size: 8, hole: 7 },
    { declaration: 'char third', offset: 16, size: 1, hole: 0 },
    { declaration: 'int fourth', offset: 20, size: 4, hole: 3 },
  ]);
});

test('embedded structs and unions have their members below them, at their place in the whole', () => {
  const [, inner] = layoutOf(
    'struct thing { int before; struct { int low; union { int a; short b; }; } inner; };',
    'thing',
  );
  expect(inner).toMatchObject({
    offset: 4,
    size: 8,
    members: [
      { declaration: 'int low', offset: 4 },
      {
        offset: 8,
        size: 4,
        members: [
          { declaration: 'int a', offset: 8, hole: 0 },
          { declaration: 'short b', offset: 8, size: 2, hole: 0 },
        ],
      },
    ],
  });
});

test('bit fields have their bits', () => {
  expect(layoutOf('struct thing { unsigned int ready : 1, kind : 3; int next; };', 'thing')).toMatchObject([
    { declaration: 'unsigned int ready:1', offset: 0, bits: { from: 0, count: 1 }, size: undefined },
    { declaration: 'unsigned int kind:3', offset: 0, bits: { from: 1, count: 3 } },
    { declaration: 'int next', offset: 4, hole: 3 },
  ]);
});
