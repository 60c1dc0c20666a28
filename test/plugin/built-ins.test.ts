import { expect, test } from 'vitest';
import { watchBuiltIns } from '../../src/plugin/built-ins.js';

/** What is said while a property is as `patch` says; it is put back. */
function saidWhile(object: object, key: PropertyKey, patch: PropertyDescriptor): string | undefined {
  const before = Object.getOwnPropertyDescriptor(object, key);
  const changed = watchBuiltIns();
  Object.defineProperty(object, key, { configurable: true, writable: true, ...patch });
  const said = changed();
  if (before === undefined) Reflect.deleteProperty(object, key);
  else Object.defineProperty(object, key, before);
  expect(changed()).toBeUndefined();
  return said;
}

const odd = (): string[] => ['pwned'];

test.each([
  ['Array.prototype.map', Array.prototype, 'map', { value: odd }],
  ['Array.prototype.Symbol(Symbol.iterator)', Array.prototype, Symbol.iterator, { value: odd }],
  ['Object.keys', Object, 'keys', { value: odd }],
  ['Object.prototype.door', Object.prototype, 'door', { value: { type: 'struct task_struct' }, enumerable: true }],
  ['JSON.stringify', JSON, 'stringify', { value: odd }],
  ['Map', globalThis, 'Map', { value: WeakMap }],
  ['%ArrayIterator%.prototype.next', Object.getPrototypeOf([][Symbol.iterator]()) as object, 'next', { value: odd }],
] as const)('%s changed is seen, though no method can be relied on', (name, object, key, patch) => {
  expect(saidWhile(object, key, patch)).toBe(name);
});

test.each([
  ['a polyfill', Array.prototype, 'lastButOne', { value: odd }],
  ['a method more of every text', String.prototype, 'shout', { value: odd, enumerable: true }],
  ['the length of stacks', Error, 'stackTraceLimit', { value: 3 }],
  ['how stacks are written', Error, 'prepareStackTrace', { value: odd }],
  ['a global more', globalThis, 'mine', { value: 1 }],
] as const)('%s is nobody’s concern', (_, object, key, patch) => {
  expect(saidWhile(object, key, patch)).toBeUndefined();
});
