import { describe, expect, test } from 'vitest';
import { doors, drawn, imports, importsOf, layerOf, layers, page, texts, type Import } from '../scripts/layers.js';

/**
 * What a layer does not import though it stands before it: the OOM model is filled from text as well as from memory.
 */
const barred: Readonly<Record<string, readonly string[]>> = {
  oom: ['dump', 'memory', 'debuginfo', 'kernel', 'inspect', 'linux', 'stack', 'locks', 'stalls'],
};

/** It brings up the bundled ones. */
const mayLoadPlugins = ['src/app/plugins.ts'];

const longestFile = 500;
const widestComment = 120;
const widestLine = 160;
const generated = /^\/[/*][^\n]*\bgenerated\b/i;

const files = [...texts.keys()];

test('imports are found at all, of every form', () => {
  expect(
    importsOf(
      'src/a/b.ts',
      `
    import type { A } from '../c/d.js';
    import {
      E,
    } from './f.js';
    export { G } from 'g';
    const h = await import('../../h/i.js');
    type J = import('./j.js').J;
    import 'k';
    // import nothing from './comment.js'
  `,
    ).map(({ to }) => to),
  ).toEqual(['src/c/d.ts', 'src/a/f.ts', 'g', 'h/i.ts', 'src/a/j.ts', 'k']);
  expect(imports.length).toBeGreaterThan(files.length);
});

describe('imports point up the list of layers', () => {
  test('within src/', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [mine, other] = [layerOf(from), layerOf(to)];
      if (mine === undefined || other === undefined || mine === other) return false;
      return layers.indexOf(other) > layers.indexOf(mine) || (barred[mine]?.includes(other) ?? false);
    });
    expect(wrong.map(arrow)).toEqual([]);
  });

  test('every folder of src/ is a layer of the list, and each is there', () => {
    const found = new Set(files.map(layerOf).filter((layer) => layer !== undefined));
    expect([...found].toSorted()).toEqual(layers.toSorted());
  });

  test('symbols/ imports nothing but its own', () => {
    expect(
      imports.filter(({ from, to }) => from.startsWith('symbols/') && !to.startsWith('symbols/')).map(arrow),
    ).toEqual([]);
  });

  test('plugins/ import the public doors and their own folder', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (!from.startsWith('plugins/') || to in doors) return false;
      const folder = from.split('/')[1]!;
      if (from === 'plugins/index.ts') return to !== 'plugins/all.ts';
      return from === 'plugins/all.ts' ? !/^plugins\/[^/]+\/index\.ts$/.test(to) : !to.startsWith(`plugins/${folder}/`);
    });
    expect(wrong.map(arrow)).toEqual([]);
  });

  test('src/ does not go through its own doors, and one file knows the bundled plugins', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        from.startsWith('src/') && (to in doors || (to.startsWith('plugins/') && !mayLoadPlugins.includes(from))),
    );
    expect(wrong.map(arrow)).toEqual([]);
  });

  test('a door is a list of names, and no layer imports one', () => {
    const doorFiles = new Set(Object.values(doors));
    expect(imports.filter(({ from, to }) => doorFiles.has(to) && !doorFiles.has(from)).map(arrow)).toEqual([]);
    for (const door of doorFiles) {
      const text = texts.get(door);
      if (text !== undefined)
        expect(
          text
            .replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
            .replaceAll(/export (type )?(\*|\{[^}]*\})( as \w+)?( from '[^']+')?;/g, '')
            .trim(),
          door,
        ).toBe('');
    }
  });
});

test('no import leads back to where it came from, be it for a type', () => {
  const next = new Map(files.map((file) => [file, imports.filter(({ from, to }) => from === file && texts.has(to))]));
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push(path.slice(path.indexOf(file)).toSorted());
      return;
    }
    state.set(file, 'open');
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  expect(cycles.map((cycle) => cycle.join(' '))).toEqual([]);
});

describe('the picture in docs/architecture.md is of these imports: if not, node scripts/layers.js draws it anew', () => {
  const numbers = /\d+/g;

  test('its layers and arrows', () => {
    const shape = (text: string): string => text.replaceAll(/ *\d+/g, ' #').replaceAll(/ +/g, ' ');
    expect(shape(page)).toBe(shape(drawn()));
  });

  // Exact numbers would be out of date with every other commit, and a conflict between any two.
  test('its counts, within a fifth', () => {
    const now = drawn().match(numbers)!.map(Number);
    const then = page.match(numbers)!.map(Number);
    expect(then.filter((count, at) => Math.abs(count - now[at]!) > Math.max(5, now[at]! / 5))).toEqual([]);
  });

  test('an arrow, with its count, is what the sources say', () => {
    const reports = imports.filter(({ from, to }) => layerOf(from) === 'report' && layerOf(to) === 'plugin');
    expect(reports.length).toBeGreaterThan(5);
    expect(drawn()).toMatch(new RegExp(`^report +\\d+ .* ${reports.length} +■$`, 'm'));
    expect(drawn()).toContain('  report --> plugin\n');
    expect(drawn()).not.toContain('  plugin --> report\n');
  });
});

test(`no file is longer than ${longestFile} lines`, () => {
  const long = [...texts]
    .filter(([, text]) => !generated.test(text) && text.split('\n').length > longestFile)
    .map(([file]) => file);
  expect(long).toEqual([]);
});

function arrow({ from, to }: Import): string {
  return `${from} imports ${to}`;
}

test(`no comment is wider than ${widestComment} columns, which the formatter does not see to`, () => {
  const wide = [...texts].flatMap(([file, text]) =>
    text
      .split('\n')
      .filter((line) => line.length > widestComment && /^\s*(?:\/\/|\/?\*)/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(wide).toEqual([]);
});

test(`no line is wider than ${widestLine} columns: the formatter breaks no template, so a long sentence is made of named parts`, () => {
  const wide = [...texts].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, at) => (line.length > widestLine ? [`${file}:${at + 1}`] : [])),
  );
  expect(wide).toEqual([]);
});
