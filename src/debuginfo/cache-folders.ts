import { join } from 'node:path';
import { cacheFolder, userCache } from '../bytes/user-folders.js';

/** Where unpacked kernels are kept, so that the next run need not unpack them again. */
export const defaultCacheFolder = (): string => cacheFolder('vmlinux');

/** As debuginfod's own client has it: DEBUGINFOD_CACHE_PATH, else in the user's cache. */
export function defaultDebuginfodCache(): string {
  const { DEBUGINFOD_CACHE_PATH: named } = process.env;
  return named || join(userCache(), 'debuginfod_client');
}
