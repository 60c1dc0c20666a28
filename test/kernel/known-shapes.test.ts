import { readdirSync, readFileSync } from 'node:fs';

import { afterAll, describe, expect, expectTypeOf, test } from 'vitest';

import { constants } from '../../symbols/constants.js';
import { globals } from '../../symbols/globals.js';
import { symbolNames } from '../../symbols/symbol-names.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { allShapes } from '../../src/kernel/known-shapes.js';
import type { MemberPath } from '../../src/kernel/shape.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { allDumps, dumpFile } from '../dumps.js';

describe('symbols/', () => {
  test('a struct has one shape', () => {
    const structs = allShapes.map(({ struct }) => struct);
    expect(structs.filter((struct, i) => structs.indexOf(struct) !== i)).toEqual([]);
  });

  test('each file that has a shape is in shapes.ts', () => {
    const withShapes = readdirSync('symbols').filter((name) =>
      /^ {2}struct: '/m.test(readFileSync(`symbols/${name}`, 'utf8')),
    );
    const named = [...readFileSync('symbols/shapes.ts', 'utf8').matchAll(/'\.\/(.+)\.js'/g)].map(
      ([, name]) => `${name}.ts`,
    );
    expect(named.toSorted()).toEqual(withShapes.toSorted());
  });
});

test('the way into a struct is by members that its shape declares', () => {
  expectTypeOf<Extract<MemberPath<'dentry'>, 'd_name' | 'd_name.name' | 'd_name.nmae'>>().toEqualTypeOf<
    'd_name' | 'd_name.name'
  >();
  // Behind a pointer is another object.
  expectTypeOf<Extract<MemberPath<'dentry'>, 'd_parent' | 'd_parent.d_name'>>().toEqualTypeOf<'d_parent'>();
});

describe('what no reader names goes', () => {
  const words = new Set(
    ['src', 'plugins'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.tsx?$/.test(name))
        .flatMap((name) => readFileSync(`${folder}/${name}`, 'utf8').match(/\w+/g) ?? []),
    ),
  );
  const unread = (names: readonly string[]): string[] => names.filter((name) => !words.has(name.split('.').at(-1)!));

  test('members', () => {
    expect(
      unread(allShapes.flatMap(({ struct, members }) => Object.keys(members).map((member) => `${struct}.${member}`))),
    ).toEqual([]);
  });

  test('globals, symbols and constants', () => {
    const names = [...Object.keys(globals), ...Object.values(symbolNames).flat(), ...Object.keys(constants)];
    expect(unread(names)).toEqual([]);
  });
});

/** One dump of each kernel at hand: those of one kernel begin alike, "debian-6.1-global". */
const dumpsByKernel = new Map(allDumps().map((dump) => [/^(?:.*?-)??\d+\.\d+/.exec(dump)?.[0] ?? dump, dump]));

describe.each([...dumpsByKernel.values()])('%s', (dump) => {
  const opened: Kernel[] = [];
  afterAll(() => opened.forEach((kernel) => kernel.close()));

  test("every shape binds to this kernel's own types, where it has the struct", async () => {
    const kernel = await openKernel({ dump: [dumpFile(dump)!] });
    opened.push(kernel);
    expect(kernel.types.source).toContain('BTF');
    const unbound = allShapes.flatMap((shape) => {
      const reason = shape.optional && !kernel.hasNamed(shape.struct) ? undefined : kernel.missing(shape);
      return reason === undefined ? [] : [`${shape.struct}: ${reason}`];
    });
    expect(unbound).toEqual([]);
  });

  test('every member is declared with a type that this kernel gives it', async () => {
    const kernel = await openKernel({ dump: [dumpFile(dump)!] });
    opened.push(kernel);
    // A copy is as a user's own shape: its types are held against the kernel's, of each member.
    const misdeclared = allShapes
      .filter(({ struct }) => kernel.hasNamed(struct))
      .flatMap((shape) =>
        Object.entries(shape.members).map(([name, spec]) => kernel.missing({ ...shape, members: { [name]: spec } })),
      );
    expect(misdeclared.length).toBeGreaterThan(300);
    expect(misdeclared.filter((reason) => reason !== undefined)).toEqual([]);
  });
});
