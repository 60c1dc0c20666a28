import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { makeFolder } from '../bytes/make-folder.js';
import { isTemporary, temporaryFile } from '../bytes/temporary-file.js';
import { cacheFolder } from '../bytes/user-folders.js';
import { version } from './package-facts.js';
import { defined } from '../words/defined.js';

/**
 * Keeps what V8 has compiled in the cache folder, for the next start: with Node's compile cache, or where there is none
 * (before Node 22) in the same way by our own means. That it can't be kept is no reason to fail, nor to say so.
 */
export function keepCompiledCode(): void {
  if (process.env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return;
  const folder = cacheFolder('compiled');
  const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => void };
  try {
    if (enableCompileCache !== undefined) {
      makeFolder(folder);
      enableCompileCache(folder);
    } else {
      keepOurselves(join(folder, `${version}-${process.version}-${process.arch}`));
    }
  } catch {
    // The next start compiles anew.
  }
}

/** What the build calls a file after its content: what is kept of it can't be another's. */
const namedByContent = /-[\w-]{8}\.cjs$/;

/** From here on the bundle's files are compiled with what is kept of them; what is not is kept as the process ends. */
function keepOurselves(folder: string): void {
  const bundle = import.meta.dirname;
  const unkept = new Map<string, Script>();
  const { extensions } = createRequire(import.meta.url);
  const asNodeDoes = extensions['.js'];
  extensions['.cjs'] = (loaded, filename) => {
    if (dirname(filename) !== bundle || !namedByContent.test(filename)) {
      asNodeDoes(loaded, filename);
      return;
    }
    const name = basename(filename);
    const kept = readKept(join(folder, name));
    // Without import(), which what is kept has lost: the bundle only requires (test/build).
    const script = new Script(module.wrap(readFileSync(filename, 'utf8')), {
      filename,
      ...defined({ cachedData: kept }),
    });
    if (kept === undefined || script.cachedDataRejected === true) unkept.set(name, script);
    const run = script.runInThisContext() as (...given: unknown[]) => void;
    run.call(loaded.exports, loaded.exports, createRequire(filename), loaded, filename, bundle);
  };
  process.on('exit', () => {
    if (unkept.size > 0) keep(folder, bundle, unkept);
  });
}

/** V8 believes whatever bears its version, so a checksum stands before it. */
function readKept(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    const data = bytes.subarray(4);
    return crc32(data) === bytes.readUInt32LE() ? data : undefined;
  } catch {
    return undefined;
  }
}

/** At the end of a run most functions that such a run needs are compiled. */
function keep(folder: string, bundle: string, scripts: ReadonlyMap<string, Script>): void {
  try {
    makeFolder(folder);
    for (const left of readdirSync(folder))
      if (!isTemporary(left) && !existsSync(join(bundle, left))) rmSync(join(folder, left), { force: true });
    for (const [name, script] of scripts) {
      const data = script.createCachedData();
      const sum = Buffer.alloc(4);
      sum.writeUInt32LE(crc32(data));
      const file = temporaryFile(folder);
      try {
        file.write(Buffer.concat([sum, data]));
        file.moveTo(join(folder, name));
      } finally {
        file.discard();
      }
    }
  } catch {
    // The next start compiles anew.
  }
}
