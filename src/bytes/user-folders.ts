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

/** oompm's own folder in there, by what it keeps. */
export function cacheFolder(name: 'compiled' | 'indexes' | 'plugins' | 'vmlinux'): string {
  return join(userCache(), 'oompm', name);
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
