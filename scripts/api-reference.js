#!/usr/bin/env node
/**
 * Writes docs/api/ from the sources: what each public door exports, with its declaration and doc comment. A test holds
 * the pages to what it would write.
 *
 *   node scripts/api-reference.js
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { declaredNames } from './declared-names.js';
import { doors } from './layers.js';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const folder = join(root, 'docs/api');
const namesPage = 'names.md';

/** @typedef {{ name: string, declaration: ts.Declaration, documentation: string, file: string, words: readonly string[] }} Exported `words`: of a type that is one of these */
/** @typedef {{ door: string, about: string, exported: Exported[], named: Exported[] }} Door `named`: types that these name */

/**
 * What each door exports, in the door's own order.
 *
 * @returns {Door[]}
 */
export function doorExports() {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram(
    Object.values(doors).map((file) => join(root, file)),
    options,
  );
  const checker = program.getTypeChecker();
  const modules = Object.entries(doors).map(([door, file]) => {
    const source = program.getSourceFile(join(root, file));
    const module = source && checker.getSymbolAtLocation(source);
    if (source === undefined || module === undefined) throw new Error(`${file}, the door ${door}, is no module`);
    return { door, about: headOf(source.text), symbols: checker.getExportsOfModule(module).map(declared) };
  });
  const all = new Set(modules.flatMap(({ symbols }) => symbols));
  return modules.map(({ door, about, symbols }) => ({
    door,
    about,
    exported: symbols.map(described),
    named: [...namedBy(symbols)].map(described),
  }));

  /** What an export stands for. @param {ts.Symbol} symbol */
  function declared(symbol) {
    return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  }

  /** @param {ts.Symbol} symbol @returns {Exported} */
  function described(symbol) {
    const declaration = declarationOf(symbol);
    const tags = symbol.getJsDocTags(checker).map((tag) => `*${tag.name}* ${ts.displayPartsToString(tag.text)}`);
    const said = ts.displayPartsToString(symbol.getDocumentationComment(checker));
    return {
      name: symbol.name,
      declaration,
      documentation: [said, ...tags].filter(Boolean).join('\n\n'),
      file: relative(root, declaration.getSourceFile().fileName).replaceAll('\\', '/'),
      words: wordsOf(declaration),
    };
  }

  /** What a type may be that is made of a list elsewhere. @param {ts.Declaration} declaration */
  function wordsOf(declaration) {
    if (!ts.isTypeAliasDeclaration(declaration) || !/\btypeof\b|\bkeyof\b/.test(declaration.type.getText())) return [];
    const type = checker.getTypeAtLocation(declaration);
    const parts = type.isUnion() ? type.types : [];
    return parts.every((part) => part.isStringLiteral()) ? parts.map((part) => part.value) : [];
  }

  /** The types of ours that stand in these declarations and in no door; not what those name in turn. @param {readonly ts.Symbol[]} symbols */
  function namedBy(symbols) {
    /** @type {Set<ts.Symbol>} */
    const found = new Set();
    /** @param {ts.Node} node */
    const visit = (node) => {
      if (ts.isBlock(node) || ts.isPrivateIdentifier(node)) return;
      const name = ts.isTypeReferenceNode(node)
        ? node.typeName
        : ts.isExpressionWithTypeArguments(node)
          ? node.expression
          : undefined;
      const at = name && checker.getSymbolAtLocation(name);
      if (at !== undefined) {
        const symbol = declared(at);
        if (isOurs(symbol) && !all.has(symbol)) found.add(symbol);
      }
      ts.forEachChild(node, visit);
    };
    for (const symbol of symbols) visit(declarationOf(symbol));
    return found;
  }
}

/** @param {ts.Symbol} symbol */
function declarationOf({ name, declarations }) {
  const [first] = declarations ?? [];
  if (first === undefined) throw new Error(`${name} is declared nowhere`);
  return first;
}

/** Declared in src/, and not as a parameter of a generic. @param {ts.Symbol} symbol */
function isOurs(symbol) {
  const declaration = symbol.declarations?.[0];
  return (
    declaration !== undefined &&
    declaration.getSourceFile().fileName.startsWith(join(root, 'src/')) &&
    !ts.isTypeParameterDeclaration(declaration)
  );
}

/** The pages by their names in docs/api/. */
export function apiPages() {
  const all = doorExports();
  const pages = new Map(all.map((one) => [pageName(one.door), doorPage(one)]));
  pages.set(namesPage, declaredNames());
  pages.set(
    'README.md',
    [
      '# What can be imported',
      '',
      'Made from the sources by `node scripts/api-reference.js`. How a plugin is written: [../plugins.md](../plugins.md).',
      '',
      ...all.map(
        ({ door, about, exported }) => `- [\`${door}\`](${pageName(door)}), ${exported.length} names: ${about}`,
      ),
      `- [what is declared](${namesPage}): the variables, symbols, structs and members that these types name`,
      '',
    ].join('\n'),
  );
  return pages;
}

/** @param {string} door */
function pageName(door) {
  return `${door.replace('/', '-')}.md`;
}

/** @param {Door} of */
function doorPage({ door, about, exported, named }) {
  return [
    `# ${door}`,
    '',
    about,
    '',
    ...[...new Set(exported.map(({ file }) => file))].flatMap((file) => [
      `## ${file.replace(/^src\/|\.tsx?$/g, '')}`,
      '',
      ...exported.filter((one) => one.file === file).flatMap(entry),
    ]),
    ...(named.length === 0 ? [] : ['## Types that these name, and that are no exports', '', ...named.flatMap(entry)]),
  ].join('\n');
}

/** @param {Exported} of */
function entry({ name, declaration, documentation, words }) {
  const isLong = words.length > mostWords;
  return [
    `### ${name}`,
    '',
    ...(documentation === '' ? [] : [inParagraphs(documentation), '']),
    ...(isLong ? [`Its ${words.length} names are in [${namesPage}](${namesPage}).`, ''] : []),
    '```ts',
    words.length === 0 || isLong ? inWords(declaration) : oneOf(name, words),
    '```',
    '',
  ];
}

/** More names than that are a page's matter. */
const mostWords = 60;

/** @param {string} name @param {readonly string[]} words */
function oneOf(name, words) {
  const inLine = `type ${name} = ${words.map((word) => `'${word}'`).join(' | ')};`;
  return inLine.length <= 100 ? inLine : `type ${name} =\n${words.map((word) => `  | '${word}'`).join('\n')};`;
}

/** A paragraph is one line, as Markdown has it; code and lists keep theirs. @param {string} documentation */
function inParagraphs(documentation) {
  return documentation
    .split(/(^```[^]*?^```$)/m)
    .map((part) => (part.startsWith('```') ? part : part.replaceAll(/(?<!\n)\n(?!\n|- )/g, ' ')))
    .join('');
}

/** The comment at a file's head, in one line. @param {string} text */
function headOf(text) {
  const [, said = ''] = /^\/\*\*(.*?)\*\//s.exec(text) ?? [];
  return said
    .replaceAll(/^\s*\* ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** The declaration without what it does: as a .d.ts has it. @param {ts.Declaration} declaration */
function inWords(declaration) {
  const text = declaration.getText();
  if (ts.isFunctionDeclaration(declaration)) return withoutBody(declaration);
  if (ts.isClassDeclaration(declaration)) return classInWords(declaration);
  if (ts.isVariableDeclaration(declaration)) return `const ${text.length > 600 ? typed(declaration) : text}`;
  return text.replace(/^export /, '');
}

/** @param {ts.VariableDeclaration} variable */
function typed({ name, type }) {
  return type === undefined ? name.getText() : `${name.getText()}: ${type.getText()}`;
}

/** @param {ts.FunctionLikeDeclaration} declaration */
function withoutBody(declaration) {
  const text = declaration.getText();
  const end = declaration.body === undefined ? text.length : declaration.body.getStart() - declaration.getStart();
  return text
    .slice(0, end)
    .replace(/^export /, '')
    .trim();
}

/** @param {ts.ClassDeclaration} declaration */
function classInWords({ name, heritageClauses, members }) {
  const heritage = (heritageClauses ?? []).map((clause) => ` ${clause.getText()}`).join('');
  const shown = members.filter(
    (member) =>
      !(member.name !== undefined && ts.isPrivateIdentifier(member.name)) &&
      (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) === 0,
  );
  return [
    `class ${name?.getText() ?? ''}${heritage} {`,
    ...shown.map(
      (member) =>
        `  ${ts.isFunctionLike(member) ? withoutBody(/** @type {ts.FunctionLikeDeclaration} */ (member)) : member.getText()}`,
    ),
    '}',
  ].join('\n');
}

/** The pages that are there. */
export function writtenPages() {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pages = apiPages();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);
}
