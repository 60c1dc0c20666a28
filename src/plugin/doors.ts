import { createRequire } from 'node:module';
import { posix } from 'node:path';

/**
 * The public doors by the names that a plugin imports, which are the keys of package.json's `exports`: the one list of
 * them, which the build and the layer test read too. Each is opened when it is first imported, as the running copy has
 * it, so that a plugin sees the same classes as its host.
 */
export function doors(): Record<string, unknown> {
  // A package may require itself by its name.
  const require = createRequire(import.meta.url);
  const { exports } = require('oompm/package.json') as { exports: Readonly<Record<string, unknown>> };
  const all = {};
  for (const key of Object.keys(exports)) {
    const name = posix.join('oompm', key);
    Object.defineProperty(all, name, { enumerable: true, get: () => require(name) as unknown });
  }
  return all;
}
