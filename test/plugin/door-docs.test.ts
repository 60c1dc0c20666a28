import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../built.js';

/** What a plugin's author meets in the editor: what stands before each declaration. */

const { exports } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  exports: Record<string, { 'oompm-source': string }>;
};
const doors = Object.entries(exports)
  .filter(([key]) => key !== './package.json')
  .map(([key, door]) => ({ name: posix.join('oompm', key), file: join(projectRoot, door['oompm-source']) }));

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(projectRoot, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
  ts.sys,
  projectRoot,
);
const program = ts.createProgram(
  doors.map(({ file }) => file),
  options,
);
const checker = program.getTypeChecker();

function exportsOf(file: string): readonly ts.Symbol[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  return checker
    .getExportsOfModule(module)
    .map((symbol) => ((symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)));
}

describe('every export has a doc comment', () => {
  test.each(doors)('$name', ({ file }) => {
    const all = exportsOf(file);
    expect(all.length).toBeGreaterThan(5);
    expect(
      all
        .filter((symbol) => symbol.getDocumentationComment(checker).length === 0 && symbol.getJsDocTags().length === 0)
        .map(({ name }) => name),
    ).toEqual([]);
  });
});

test('docs/plugins.md tells of each door', () => {
  const text = readFileSync(join(projectRoot, 'docs/plugins.md'), 'utf8');
  const names = Object.keys(exports)
    .filter((key) => key !== './package.json')
    .map((key) => posix.join('oompm', key));
  expect(names.filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([]);
});
