import { readlinkSync } from 'node:fs';
import { fileId, fileIdAt } from '../bytes/file-reader.js';
import { userPluginFiles } from '../app/plugin-files.js';
import type { IsInput } from './inputs.js';
import { lossOf } from './output-place.js';
import { fileBehind } from './standard-output.js';
import { StreamIntoInput } from './stream-into-input-error.js';

const streams = [
  { fd: 1, name: 'standard output' },
  { fd: 2, name: 'standard error' },
] as const;

/**
 * `oompm analyze vmcore >> vmcore`: the shell has opened it, and our first byte would be written into it. One that is
 * empty, as `>` leaves it, has nothing to lose.
 * @throws StreamIntoInput
 */
export function refuseStreams(isInput: IsInput): void {
  const found = streams.flatMap(({ fd, name }) => {
    const there = fileBehind(fd);
    const loss =
      there === undefined ? undefined : isInput(there) ? 'one of the files to be read' : lossOf(`/dev/fd/${fd}`);
    return loss === undefined ? [] : [{ fd, sentence: `${name} leads into ${nameOf(fd)}, which is ${loss}` }];
  });
  if (found.length === 0) return;
  const free = streams.findLast(({ fd }) => found.every((one) => one.fd !== fd))?.fd;
  throw new StreamIntoInput(
    `${found.map(({ sentence }) => sentence).join('; ')}; it was left unchanged; redirect to another file`,
    free === undefined ? undefined : free === 1 ? process.stdout : process.stderr,
  );
}

/**
 * Before anything else, since a mistake is told too: what the words may mean by a file is compared, before they are
 * parsed.
 */
export function refuseStreamsOf(words: readonly string[]): void {
  const { files, config } = userPluginFiles(words);
  const paths = [...namedIn(words), ...files, config, ...(readsStandardInput(words) ? ['/dev/fd/0'] : [])];
  const ids = new Set(paths.map(fileIdAt));
  refuseStreams((file) => ids.has(fileId(file)));
}

/** These read nothing that their words name. */
const readNothing: ReadonlySet<string> = new Set(['completion', 'help', 'man', 'version']);

function namedIn([command, ...rest]: readonly string[]): string[] {
  if (command === undefined || readNothing.has(command)) return [];
  return rest.flatMap((word, at) => {
    const given = /^--?[\w-]+=(.*)$/s.exec(word)?.[1] ?? word;
    const flag = given === word ? rest[at - 1] : word;
    return flag !== undefined && /^(?:-o|--output(?:=.*)?)$/s.test(flag) ? [] : [given];
  });
}

function readsStandardInput([command, ...rest]: readonly string[]): boolean {
  return command === 'explain' && (rest.includes('-') || rest.every((word) => word.startsWith('-')));
}

/** As it is called today; the shell knows it by the name that was typed. */
function nameOf(fd: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return 'a file';
  }
}
