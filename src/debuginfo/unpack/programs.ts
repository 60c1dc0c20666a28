import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';

/** The path of a program that the user has, or undefined. */
export function programOnPath(name: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && isExecutable(path)) return path;
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Bytes through a program's stdin and stdout. Whoever stops reading ends the program.
 * @throws Error with the program's own words where it fails
 */
export async function* through(
  program: string,
  args: readonly string[],
  input: Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (words.length < 1000) words += text;
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
    child.on('error', (error) => {
      words ||= error.message;
      resolve(null);
    });
  });
  // A program that ends early closes its end of the pipe: its exit code says more than EPIPE does.
  child.stdin.on('error', () => {});
  Readable.from(input).pipe(child.stdin);
  try {
    for await (const chunk of child.stdout as AsyncIterable<Uint8Array>) yield chunk;
    const code = await ended;
    if (code !== 0) throw new Error(words.trim().split('\n')[0] || `${program} ended with ${code}`);
  } finally {
    child.kill();
  }
}
