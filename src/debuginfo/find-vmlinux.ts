import { accessSync, constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { InputError } from '../bytes/input-error.js';
import { SurroundingsError } from '../bytes/surroundings-error.js';
import { defaultDebuginfodCache } from './cache-folders.js';
import { openVmlinux, type Vmlinux } from './vmlinux.js';

/** What a dump says of the kernel it is of. */
export interface WantedKernel {
  dumpPath: string;
  /** OSRELEASE. */
  release?: string;
  /** Hexadecimal; in VMCOREINFO since 5.9. */
  buildId?: string;
  /** linux_banner from the dump's memory; stands in for a build-id where there is none. */
  banner?: string;
}

/** Where to look; the defaults are the system's, and tests have their own. */
export interface SearchRoots {
  /** Before /boot and /lib/modules. */
  root?: string;
  debugFolders?: readonly string[];
  debuginfodCache?: string;
  /** Where unpacked kernels are kept. */
  cacheFolder?: string;
}

export interface FoundVmlinux {
  vmlinux: Vmlinux;
  /** Files that were there and not taken, one sentence each. */
  passedOver: string[];
  /** Those of them that this machine kept from being read: for want of space, say. */
  hindered: string[];
}

const packed = ['', '.xz', '.gz', '.zst', '.bz2'];

/**
 * The dump's vmlinux where users keep it: beside the dump, /usr/lib/debug, /boot, /lib/modules, build-id folders,
 * debuginfod's cache. Only one whose build-id (or banner, where the dump has no build-id) is the dump's is taken.
 * @returns `vmlinux` undefined where none matches
 */
export async function findVmlinux(
  wanted: WantedKernel,
  roots: SearchRoots = {},
): Promise<Omit<FoundVmlinux, 'vmlinux'> & { vmlinux?: Vmlinux }> {
  const passedOver: string[] = [];
  const hindered: string[] = [];
  if (wanted.buildId === undefined && wanted.banner === undefined) return { passedOver, hindered };
  for (const path of candidatePaths(wanted, roots)) {
    if (!isReadable(path)) continue;
    try {
      const vmlinux = await openVmlinux(
        path,
        roots.cacheFolder === undefined ? {} : { cacheFolder: roots.cacheFolder },
      );
      const objection = mismatch(vmlinux, wanted);
      if (objection === undefined && hasContent(vmlinux)) return { vmlinux, passedOver, hindered };
      vmlinux.close();
      passedOver.push(`${path}: ${objection ?? 'it has neither symbols nor types'}`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      passedOver.push(`${path}: ${error.message}`);
      if (error instanceof SurroundingsError) hindered.push(error.message);
    }
  }
  return { passedOver, hindered };
}

/** Every place that is looked at, in order. */
export function candidatePaths({ dumpPath, release, buildId }: WantedKernel, roots: SearchRoots = {}): string[] {
  const root = roots.root ?? '/';
  const debugFolders = roots.debugFolders ?? [join(root, 'usr/lib/debug')];
  const names = release === undefined ? ['vmlinux'] : [`vmlinux-${release}`, 'vmlinux'];
  const beside = names.flatMap((name) => [...packed, '.debug'].map((ending) => join(dirname(dumpPath), name + ending)));
  const byRelease =
    release === undefined || !isPlainName(release)
      ? []
      : [
          ...debugFolders.flatMap((folder) => [
            join(folder, 'boot', `vmlinux-${release}`),
            join(folder, 'boot', `vmlinux-${release}.debug`),
            join(folder, 'lib/modules', release, 'vmlinux'),
            join(folder, 'lib/modules', release, 'vmlinux.debug'),
            join(folder, 'usr/lib/modules', release, 'vmlinux.debug'),
          ]),
          join(root, 'boot', `vmlinux-${release}`),
          join(root, 'lib/modules', release, 'build/vmlinux'),
          join(root, 'lib/modules', release, 'vmlinux'),
          join(root, 'usr/lib/modules', release, 'vmlinux'),
        ].flatMap((path) => packed.map((ending) => path + ending));
  const byId =
    buildId === undefined || !/^[0-9a-f]{6,}$/.test(buildId)
      ? []
      : [
          ...debugFolders.map((folder) => join(folder, '.build-id', buildId.slice(0, 2), `${buildId.slice(2)}.debug`)),
          join(roots.debuginfodCache ?? defaultDebuginfodCache(), buildId, 'debuginfo'),
        ];
  // A dump in the current folder, or one that is itself named vmlinux, must not be taken for its kernel.
  return [...beside.filter((path) => basename(path) !== basename(dumpPath)), ...byRelease, ...byId];
}

/** OSRELEASE comes from the dump: it must not lead out of the folders. */
function isPlainName(release: string): boolean {
  return /^[\w.+~-]+$/.test(release) && !release.includes('..');
}

/** Why `vmlinux` is not the dump's; undefined where it is. */
export function mismatch(vmlinux: Vmlinux, wanted: Pick<WantedKernel, 'buildId' | 'banner'>): string | undefined {
  if (wanted.buildId !== undefined && vmlinux.buildId !== undefined) {
    return vmlinux.buildId === wanted.buildId
      ? undefined
      : `its build-id is ${vmlinux.buildId}, the dump's ${wanted.buildId}`;
  }
  const banner = vmlinux.banner();
  if (wanted.banner === undefined || banner === undefined)
    return 'nothing in it can be held against the dump: neither build-id nor banner';
  return banner === wanted.banner.trimEnd() ? undefined : `it says "${banner}", the dump "${wanted.banner.trimEnd()}"`;
}

function hasContent(vmlinux: Vmlinux): boolean {
  return (
    vmlinux.section('.symtab') !== undefined ||
    vmlinux.section('.BTF') !== undefined ||
    vmlinux.section('.debug_info') !== undefined
  );
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
