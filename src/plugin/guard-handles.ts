import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isHeld } from '../bytes/held-handles.js';

const outputs: readonly unknown[] = [1, 2];

type Call = (...given: unknown[]) => unknown;
type Name = 'openSync' | 'open' | 'closeSync' | 'close' | 'writeSync' | 'write' | 'writeFileSync' | 'appendFileSync';

/**
 * The numbers of file handles are the whole process's: a worker that closes all from 3 on closes the event loop of the
 * thread that has the report, and Node aborts. From here on `fs` of this thread closes only what it has opened, and
 * what it writes to 1 and 2 goes where `console.log` goes. A guard against mistakes: `process.binding`, native code and
 * further workers go past it.
 * @param onRefused hears the sentence, which a plugin may catch
 */
export function guardHandles(onRefused: (sentence: string) => void): void {
  const opened = new Set<number>();
  const real = { ...fs } as unknown as Readonly<Record<Name, Call>>;

  const refusal = (fd: unknown): Error | undefined => {
    if (typeof fd !== 'number' || (opened.has(fd) && !isHeld(fd))) return undefined;
    const sentence = `a plugin can't close file handle ${fd}, which it has not opened`;
    onRefused(sentence);
    return new Error(sentence);
  };
  const closed = (fd: unknown): void => void opened.delete(fd as number);

  const guarded: Record<Name, Call> = {
    openSync: (...given) => {
      const fd = real.openSync(...given) as number;
      opened.add(fd);
      return fd;
    },
    open: (...given) => {
      const done = given.pop();
      if (typeof done !== 'function') return real.open(...given, done);
      return real.open(...given, (error: unknown, fd: number) => {
        if (error === null) opened.add(fd);
        (done as Call)(error, fd);
      });
    },
    closeSync: (fd) => {
      const refused = refusal(fd);
      if (refused !== undefined) throw refused;
      closed(fd);
      return real.closeSync(fd);
    },
    close: (fd, done) => {
      const refused = refusal(fd);
      if (refused === undefined) {
        closed(fd);
        return done === undefined ? real.close(fd) : real.close(fd, done);
      }
      if (typeof done !== 'function') throw refused;
      return process.nextTick(done, refused);
    },
    writeSync: (fd, ...given) => (outputs.includes(fd) ? print(fd, given) : real.writeSync(fd, ...given)),
    write: (fd, ...given) => {
      if (!outputs.includes(fd)) return real.write(fd, ...given);
      const written = print(fd, given);
      return process.nextTick(given.at(-1) as Call, null, written, given[0]);
    },
    writeFileSync: (fd, ...given) =>
      outputs.includes(fd) ? void print(fd, [given[0]]) : real.writeFileSync(fd, ...given),
    appendFileSync: (fd, ...given) =>
      outputs.includes(fd) ? void print(fd, [given[0]]) : real.appendFileSync(fd, ...given),
  };
  // With what else they have: util.promisify asks for it.
  for (const name of Object.keys(guarded) as Name[])
    Object.defineProperties(guarded[name], Object.getOwnPropertyDescriptors(real[name]));
  Object.assign(fs, guarded);
  syncBuiltinESMExports();
}

/** As writeSync takes it: a text, or bytes with an offset and a length. @returns how many bytes it has */
function print(fd: unknown, [data, offset, length]: readonly unknown[]): number {
  const stream = fd === 1 ? process.stdout : process.stderr;
  if (!ArrayBuffer.isView(data)) {
    stream.write(String(data));
    return Buffer.byteLength(String(data));
  }
  const all = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const from = typeof offset === 'number' ? offset : 0;
  const bytes = all.subarray(from, typeof length === 'number' ? from + length : undefined);
  stream.write(bytes);
  return bytes.length;
}
