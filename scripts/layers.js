#!/usr/bin/env node
/**
 * The layers of src/ as docs/architecture.md lists them, and who imports whom, as the sources are. Run, it draws both
 * into that page; test/layers.test.ts holds the imports to the list, and the page to the imports.
 *
 *   node scripts/layers.js
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const pagePath = join(root, 'docs/architecture.md');

/** What stands around the picture in the page. */
const begin = '<!-- drawn by scripts/layers.js -->\n';
const end = '<!-- to here -->\n';

/** @typedef {{ from: string, to: string }} Import `to` is a path from the project's root, or a package's name. */

export const page = readFileSync(pagePath, 'utf8');

/** The layers of src/, each importing only those before it: the page's list of them. */
export const layers = [...page.matchAll(/^src\/([\w/]+)\/ /gm)].map(([, layer]) => String(layer));

/** The public doors by name, with the file in src/ of each: the keys of package.json's exports. */
export const doors = readDoors();

/** The sources of what runs, by path from the project's root. */
export const texts = new Map(
  ['src', 'plugins', 'symbols']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
        .map((file) => posix.join(folder, file.replaceAll('\\', '/'))),
    )
    .map((file) => [file, readFileSync(join(root, file), 'utf8')]),
);

/** All imports in them, also those of a type alone. */
export const imports = [...texts].flatMap(([file, text]) => importsOf(file, text));

/** @param {string} file @param {string} text @returns {Import[]} */
export function importsOf(file, text) {
  const code = text.replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  const form =
    /\b(?:import|export)\s+(?:type\s)?[^'";()]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...code.matchAll(form)].map(([, named, bare]) => {
    const name = String(named ?? bare);
    return { from: file, to: name.startsWith('.') ? sourceOf(file, name) : name };
  });
}

/** './x.js' as it stands in the sources: x.ts, or x.tsx. @param {string} file @param {string} name */
function sourceOf(file, name) {
  const path = relative(root, resolve(root, dirname(file), name))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '.ts');
  return texts.has(`${path}x`) ? `${path}x` : path;
}

/**
 * src/kernel/x.ts is of `kernel`; what stands in src/ itself is a door. What an architecture says of stacks asks the
 * kernel, and is a layer of its own: src/arch/x86_64/stack/x.ts is of `arch/stack`.
 *
 * @param {string} path
 */
export function layerOf(path) {
  const [top, folder, ...rest] = path.split('/');
  if (top !== 'src' || rest.length === 0) return undefined;
  return folder === 'arch' && rest.slice(0, -1).includes('stack') ? 'arch/stack' : folder;
}

/**
 * The page with the picture as it is now: how many files each layer has, and how many imports lead from one to another.
 */
export function drawn() {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`docs/architecture.md has no lines ${begin.trim()} and ${end.trim()}, between which it is drawn`);
  return `${before}${begin}${picture()}${end}${after}`;
}

function picture() {
  const rows = ['symbols', ...layers, 'plugins'];
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { from, to } of imports) {
    const [mine, other] = [rowOf(from), rowOf(doors[to] ?? to)];
    if (mine === undefined || other === undefined || mine === other) continue;
    counts.set(`${mine} ${other}`, (counts.get(`${mine} ${other}`) ?? 0) + 1);
  }
  const above = rows.filter((row) => rows.some((other) => counts.has(`${other} ${row}`)));
  const width = Math.max(...rows.map(({ length }) => length)) + 1;
  const filesIn = (/** @type {string} */ row) => [...texts.keys()].filter((file) => rowOf(file) === row).length;
  const matrix = [
    ...heads(above).map((line) => `${' '.repeat(width + 7)}${line}`),
    ...rows.map((row) =>
      `${row.padEnd(width)}${String(filesIn(row)).padStart(4)}   ${above
        .map((other) => (other === row ? '■' : String(counts.get(`${row} ${other}`) ?? '')).padStart(4))
        .join('')}`.trimEnd(),
    ),
  ];
  return [
    '```mermaid',
    'flowchart TD',
    ...rows.map((row) => `  ${id(row)}["${row}<br>${filesIn(row)} files"]`),
    ...rows.flatMap((row) => directly(row, rows, counts).map((other) => `  ${id(row)} --> ${id(other)}`)),
    '```',
    '',
    '```text',
    ...matrix,
    '```',
    '',
  ].join('\n');
}

/** A row as mermaid names it. @param {string} row */
function id(row) {
  return row.replace('/', '_');
}

/** The layer, or symbols and plugins beside them. @param {string} path */
function rowOf(path) {
  const [top = ''] = path.split('/');
  return top === 'symbols' || top === 'plugins' ? top : layerOf(path);
}

/**
 * What a layer imports and no other that it imports leads to: with the other arrows nobody could read the picture.
 *
 * @param {string} row @param {readonly string[]} rows @param {ReadonlyMap<string, number>} counts
 */
function directly(row, rows, counts) {
  const next = (/** @type {string} */ from) => rows.filter((to) => counts.has(`${from} ${to}`));
  const reached = new Set();
  const walk = (/** @type {string} */ from) => {
    for (const to of next(from)) {
      if (reached.has(to)) continue;
      reached.add(to);
      walk(to);
    }
  };
  for (const to of next(row)) walk(to);
  return next(row).filter((to) => !reached.has(to));
}

/** The columns' names, written downwards. @param {readonly string[]} names */
function heads(names) {
  const longest = Math.max(...names.map(({ length }) => length));
  return Array.from({ length: longest }, (_, line) =>
    names
      .map((name) => (name.padStart(longest)[line] ?? ' ').padStart(4))
      .join('')
      .trimEnd(),
  );
}

/** @returns {Readonly<Record<string, string>>} */
function readDoors() {
  const { exports } = /** @type {{ exports: Record<string, string | { 'oompm-source': string }> }} */ (
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  );
  return Object.fromEntries(
    Object.entries(exports).flatMap(([name, door]) =>
      typeof door === 'string' ? [] : [[posix.join('oompm', name), posix.normalize(door['oompm-source'])]],
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(pagePath, drawn());
