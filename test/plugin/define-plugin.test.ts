import { describe, expect, expectTypeOf, test } from 'vitest';
import { columns, definePlugin, pluginApi, table, type RowOf } from '../../src/index.js';
import { isPlugin } from '../../src/plugin/define-plugin.js';

const nothing = { *run() {} };

test('values of flags and arguments have the declared types', () => {
  definePlugin({
    id: 'typed',
    summary: 'x',
    flags: {
      tree: { type: 'boolean', summary: 'x' },
      state: { type: 'string', summary: 'x', options: ['D', 'R'] },
      lines: { type: 'integer', summary: 'x', default: 50 },
      name: { type: 'string', summary: 'x', multiple: true },
    },
    arguments: {
      pid: { type: 'integer', summary: 'x', required: true },
      rest: { type: 'string', summary: 'x', multiple: true },
    },
    // eslint-disable-next-line require-yield -- its types are what is tested
    *run(_kernel, flags) {
      expectTypeOf(flags.tree).toEqualTypeOf<boolean>();
      expectTypeOf(flags.state).toEqualTypeOf<'D' | 'R' | undefined>();
      expectTypeOf(flags.lines).toEqualTypeOf<number>();
      expectTypeOf(flags.name).toEqualTypeOf<readonly string[]>();
      expectTypeOf(flags.pid).toEqualTypeOf<number>();
      expectTypeOf(flags.rest).toEqualTypeOf<readonly string[]>();
    },
  });
});

test('a row whose cells do not fit the columns does not compile', () => {
  const list = columns([
    { key: 'pid', title: 'PID', type: 'pid' },
    { key: 'comm', title: 'COMM', type: 'task' },
  ]);
  const view = table('Tasks', list, [{ cells: { pid: 1, comm: 'init' } }]);
  expect(view.id).toBe('tasks');
  expectTypeOf<{ cells: { pid: number } }>().not.toExtend<RowOf<typeof list>>();
});

describe('a wrong declaration is refused with one sentence', () => {
  test.each([
    [{ ...nothing, id: 'Upper', summary: 'x' }, /id is lower case/],
    [{ ...nothing, id: '', summary: 'x' }, /id is lower case letters, digits and dashes, not ""$/],
    [{ ...nothing, id: 'who sleeps', summary: 'x' }, /digits and dashes, not "who sleeps"$/],
    [{ ...nothing, id: 'ps\n', summary: 'x' }, /digits and dashes, not "ps\\n"$/],
    [{ ...nothing, id: '\u001b[31mps', summary: 'x' }, /digits and dashes, not "\\u001b\[31mps"$/],
    [{ ...nothing, id: 'A'.repeat(5_000_000), summary: 'x' }, /digits and dashes, not "A{40}…"$/],
    [
      { ...nothing, id: 'a'.repeat(5_000_000), summary: 'x' },
      /^a plugin's id has at most 40 characters, not 5000000 \("a{40}…"\)$/,
    ],
    [
      { ...nothing, id: 'x', summary: 'y'.repeat(5_000_000) },
      /^plugin x: its declaration has 50000\d\d characters; it can have 65536$/,
    ],
    [{ ...nothing, id: 'x', summary: '' }, /no summary/],
    [{ id: 'x', summary: 'x' }, /no function run/],
    [
      {
        ...nothing,
        id: 'x',
        summary: 'x',
        flags: { a: { type: 'boolean', summary: 'x', char: 'z' }, b: { type: 'boolean', summary: 'x', char: 'z' } },
      },
      /both -z/,
    ],
    [
      {
        ...nothing,
        id: 'x',
        summary: 'x',
        flags: { a: { type: 'boolean', summary: 'x' } },
        arguments: { a: { type: 'string', summary: 'x' } },
      },
      /both a flag and an argument/,
    ],
    [
      {
        ...nothing,
        id: 'x',
        summary: 'x',
        arguments: { a: { type: 'string', summary: 'x', multiple: true }, b: { type: 'string', summary: 'x' } },
      },
      /only the last argument/,
    ],
    [{ ...nothing, id: 'x', summary: 'x', needz: [] }, /^plugin x: there is no key needz; did you mean needs\?$/],
    [{ ...nothing, id: 'x', summary: 'x', author: 'me' }, /^plugin x: there is no key author; there are id, summary/],
    [{ ...nothing, id: 'x', summary: 'x', explian() {} }, /no key explian; did you mean explain\?/],
    [
      { ...nothing, id: 'x', summary: 'x', flags: { tree: { type: 'boolean', sumary: 'x' } } },
      /flag tree: there is no key sumary; did you mean summary\?/,
    ],
    [
      { ...nothing, id: 'x', summary: 'x', flags: { tree: { type: 'bolean', summary: 'x' } } },
      /flag tree: its type is "bolean"; did you mean boolean\?/,
    ],
    [
      { ...nothing, id: 'x', summary: 'x', flags: { tree: { type: 'boolean', summary: 'x', min: 3 } } },
      /flag tree: there is no key min; there are type, summary, char, default/,
    ],
    [{ ...nothing, id: 'x', summary: 'x', flags: { tree: true } }, /flag tree: it is a boolean, not an object/],
    [
      { ...nothing, id: 'x', summary: 'x', flags: { lines: { type: 'integer', summary: 'x', default: '5' } } },
      /flag lines: its default is "5", but its type integer/,
    ],
    [
      {
        ...nothing,
        id: 'x',
        summary: 'x',
        flags: { state: { type: 'string', summary: 'x', options: ['runs', 'sleeps'], default: 'sleep' } },
      },
      /its default "sleep" is none of its options; did you mean sleeps\?/,
    ],
    [
      { ...nothing, id: 'x', summary: 'x', arguments: { pid: { type: 'number', summary: 'x' } } },
      /argument pid: its type is "number"; it can be string, integer/,
    ],
    [
      { ...nothing, id: 'x', summary: 'x', arguments: { pid: { type: 'integer', summary: 'x', require: true } } },
      /argument pid: there is no key require; did you mean required\?/,
    ],
    [
      {
        ...nothing,
        id: 'x',
        summary: 'x',
        flags: { tree: { type: 'boolean', summary: 'x' } },
        inReport: { tre: true },
      },
      /inReport has a value for tre, but it has no such flag or argument; did you mean tree\?/,
    ],
    [{ ...nothing, id: 'x', summary: 'x', needs: 'zone' }, /needs is to be a list of shapes/],
    [
      { ...nothing, id: 'x', summary: 'x', flags: { raw: { type: 'boolean', summary: 'x' } } },
      /every command has a flag --raw/,
    ],
    [7, /^a plugin is declared by an object, not a number/],
    [
      {
        ...nothing,
        id: 'x',
        summary: 'x',
        arguments: { a: { type: 'string', summary: 'x' }, b: { type: 'string', summary: 'x', required: true } },
      },
      /one before it is not/,
    ],
  ])('%#', (definition, sentence) => {
    expect(() => definePlugin(definition as Parameters<typeof definePlugin>[0])).toThrow(sentence);
  });

  test('one that is as long as it may be is not', () => {
    expect(definePlugin({ ...nothing, id: 'a'.repeat(40), summary: 'y'.repeat(60_000) })).toMatchObject({
      id: 'a'.repeat(40),
    });
  });
});

test('helpers beside run, and formats of its own, are no mistake', () => {
  const helpful = {
    id: 'x',
    summary: 'x',
    flags: { format: { type: 'string', summary: 'x', options: ['dot'] } },
    rows() {},
    *run() {},
  };
  expect(definePlugin(helpful as Parameters<typeof definePlugin>[0]).id).toBe('x');
});

test('a plugin has a section in the report unless it says no or needs an argument', () => {
  const make = (more: object): ReturnType<typeof definePlugin> =>
    definePlugin({
      ...nothing,
      id: 'x',
      summary: 'x',
      flags: { lines: { type: 'integer', summary: 'x', default: 9 } },
      ...more,
    });
  expect(make({}).inReport).toEqual({ lines: 9 });
  expect(make({ inReport: { lines: 3 } }).inReport).toEqual({ lines: 3 });
  expect(make({ inReport: false }).inReport).toBeUndefined();
  expect(make({ arguments: { pid: { type: 'integer', summary: 'x', required: true } } }).inReport).toBeUndefined();
});

test('only what definePlugin made is a plugin', () => {
  const plugin = definePlugin({ ...nothing, id: 'x', summary: 'x' });
  expect(isPlugin(plugin)).toBe(true);
  expect(plugin.api).toBe(pluginApi);
  expect(isPlugin({ id: 'x', summary: 'x', run() {} })).toBe(false);
});

test('without a command line every value has its default', () => {
  const plugin = definePlugin({
    ...nothing,
    id: 'x',
    summary: 'x',
    flags: { tree: { type: 'boolean', summary: 'x' }, name: { type: 'string', summary: 'x', multiple: true } },
    arguments: { pid: { type: 'integer', summary: 'x' }, more: { type: 'string', summary: 'x', multiple: true } },
  });
  expect(plugin.inReport).toEqual({ tree: false, name: [], pid: undefined, more: [] });
});
