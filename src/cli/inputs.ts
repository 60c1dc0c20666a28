import { fstatSync, type BigIntStats } from 'node:fs';
import { fileId, fileIdAt, wasRead } from '../bytes/file-reader.js';
import type { CommonValues } from '../app/common-flags.js';
import { userPluginFiles } from '../app/plugin-files.js';
import { pluginModules } from '../app/plugins.js';

type Naming = Partial<Pick<CommonValues, 'vmlinux' | 'vmcoreinfo'>>;

/** Whether a file is one that a run reads: dumps, kernels, logs, plugins and what they import, by whatever name. */
export type IsInput = (file: BigIntStats) => boolean;

/**
 * Known from the command line and the configuration before the work begins; what is found on the way, such as a vmlinux
 * beside the dump, once it was opened.
 */
export function inputsOf(words: readonly string[], { vmlinux, vmcoreinfo }: Naming): IsInput {
  const { files, config } = userPluginFiles(process.argv.slice(2));
  const named = [...words, vmlinux, vmcoreinfo, ...files, config].filter((path) => path !== undefined);
  // explain reads a log there, also where it is given no word.
  const ids = new Set([
    ...named.map(fileIdAt),
    ...(words.length === 0 || words.includes('-') ? [standardInput()] : []),
  ]);
  return (file) =>
    ids.has(fileId(file)) || wasRead(file) || pluginModules().some((path) => fileIdAt(path) === fileId(file));
}

/** `oompm explain - < dmesg.txt`. */
function standardInput(): string | undefined {
  try {
    return fileId(fstatSync(0, { bigint: true }));
  } catch {
    return undefined;
  }
}
