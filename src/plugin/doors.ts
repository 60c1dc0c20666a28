import { createRequire } from 'node:module';
import { posix } from 'node:path';
import { didYouMean } from '../words/nearest-word.js';

/**
 * The public doors by the names that a plugin imports, which are the keys of package.json's `exports`: the one list of
 * them, which the build and the layer test read too. Each is opened when it is first imported, as the running copy has
 * it, so that a plugin sees the same classes as its host.
 */
export function doors(): Record<string, unknown> {
  const all = {};
  for (const name of doorNames())
    Object.defineProperty(all, name, { enumerable: true, get: () => telling(name, opened(name)) });
  return all;
}

/** 'oompm', 'oompm/linux', … */
export function doorNames(): readonly string[] {
  const { exports } = opened('oompm/package.json') as { exports: Readonly<Record<string, unknown>> };
  return Object.keys(exports).map((key) => posix.join('oompm', key));
}

function opened(name: string): object {
  // A package may require itself by its name.
  return createRequire(import.meta.url)(name) as object;
}

/** A plugin names what a door does not export. */
class ImportError extends Error {
  override name = 'ImportError';
}

/**
 * A door that says so of a name that it does not export: a plugin is compiled to a look-up of each name that it
 * imports, and one that was misspelt would be undefined. jiti asks the default export for what a module does not have;
 * `in` tells the truth.
 */
function telling(door: string, module: object): object {
  const otherwise = new Proxy(module, {
    get: (target, key, receiver) => {
      if (typeof key === 'string' && !(key in target) && !asked.has(key)) throw new ImportError(noExport(door, key));
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  return Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(module), default: { value: otherwise } });
}

/** What loaders, promises and printers ask of whatever they are given. */
const asked = new Set(['default', 'then', '__esModule', 'module.exports', 'toJSON', 'inspect', 'prototype']);

function noExport(door: string, name: string): string {
  const others = doorNames().filter((other) => other !== door && Object.hasOwn(opened(other), name));
  const [other] = others;
  const near = didYouMean(name, Object.keys(opened(door))) || `; docs/api/${door.replace('/', '-')}.md has its names`;
  const advice = other === undefined ? near : `; it is in ${other}: import it from there`;
  return `${door} exports no ${name}${advice}`;
}
