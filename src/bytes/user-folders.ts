import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Nothing can be made below a file, by nobody. */
const NOWHERE = '/dev/null';

/**
 * The user's folder for what may be made anew, by the XDG base directory specification: a relative path does not count,
 * for it would lie wherever oompm is run, beside the evidence.
 */
export function userCache(): string {
  const { XDG_CACHE_HOME } = process.env;
  return absolute(XDG_CACHE_HOME) ?? inHome('.cache');
}

/**
 * oompm's own folder in there, by what it keeps. What is kept is believed, and some of it run: nowhere, where another
 * user owns the folder or may write to it.
 */
export function cacheFolder(name: 'compiled' | 'indexes' | 'plugins' | 'vmlinux'): string {
  const own = join(userCache(), 'oompm');
  return join(isOfOthers(own) ? NOWHERE : own, name);
}

const WRITABLE_BY_OTHERS = 0o022;

function isOfOthers(folder: string): boolean {
  if (process.getuid === undefined) return false;
  try {
    const { uid, mode } = statSync(folder);
    return uid !== process.getuid() || (mode & WRITABLE_BY_OTHERS) !== 0;
  } catch {
    // It is made with the user's rights, and for nobody else; or can't be, and nothing is kept.
    return false;
  }
}

/** Where settings are; the plugins that it lists are run, so that it must be the user's own. */
export function configFile(): string {
  const { XDG_CONFIG_HOME } = process.env;
  return join(absolute(XDG_CONFIG_HOME) ?? inHome('.config'), 'oompm', 'config.json');
}

function inHome(name: string): string {
  const home = absolute(homedir());
  return home === undefined ? NOWHERE : join(home, name);
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
