import { homedir } from 'node:os';
import { join } from 'node:path';
import envPaths from 'env-paths';

/** Where unpacked kernels are kept, so that the next run need not unpack them again. */
export function defaultCacheFolder(): string {
  return join(envPaths('oompm', { suffix: '' }).cache, 'vmlinux');
}

/** As debuginfod's own client has it: DEBUGINFOD_CACHE_PATH, else under the XDG cache. */
export function defaultDebuginfodCache(): string {
  const { DEBUGINFOD_CACHE_PATH: named, XDG_CACHE_HOME: cache } = process.env;
  return named || join(cache || join(homedir(), '.cache'), 'debuginfod_client');
}
