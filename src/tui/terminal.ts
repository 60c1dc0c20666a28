import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';

/** process.stdout: the number is for writes that must be done before the process ends. */
export type Output = WriteStream & { readonly fd: number };

/**
 * The alternate screen, without a cursor, and lines cut at the edge: a frame made for a wider window must not scroll.
 * The wheel and clicks are told, in the form that has no limit of columns (SGR), and pasted text as such. And back,
 * whatever colours were on.
 */
const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?1000h\u001b[?1006h\u001b[?2004h\u001b[2J\u001b[H';
const leave = '\u001b[0m\u001b[?2004l\u001b[?1006l\u001b[?1000l\u001b[?7h\u001b[?25h\u001b[?1049l';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** The terminal while the screens have it. */
export interface Terminal {
  readonly input: ReadStream;
  readonly output: Output;
  /** Gives the terminal back as it was; again is no harm. */
  restore(): void;
  /**
   * Puts text into the clipboard of the terminal that one sits at, also over ssh, where the terminal allows it (OSC
   * 52).
   */
  copy(text: string): void;
  /** Ctrl-Z: gives the terminal back, stops, and takes it again when the shell says so. */
  suspend(onResume: () => void): void;
}

/**
 * Takes the terminal. It is given back however the process ends: at its own exit, by a signal, or by an error that
 * nobody caught, which `onError` is then told of.
 */
export function takeTerminal(input: ReadStream, output: Output, onError: (error: unknown) => void): Terminal {
  let taken = false;
  const take = (): void => {
    taken = true;
    if (input.isTTY) input.setRawMode(true);
    output.write(enter);
  };
  const restore = (): void => {
    if (!taken) return;
    taken = false;
    // Synchronously: at an exit nothing else is written any more.
    try {
      if (input.isTTY) input.setRawMode(false);
      writeSync(output.fd, leave);
    } catch {
      // The terminal has gone away: there is nothing to give back.
    }
  };
  take();
  process.on('exit', restore);
  for (const signal of signals) {
    process.once(signal, () => {
      restore();
      // Nobody listens any more: the process ends as the signal ends it.
      process.kill(process.pid, signal);
    });
  }
  process.on('uncaughtException', (error) => {
    restore();
    onError(error);
  });
  // A terminal that was closed hangs up; where it is not the session's own there is no signal, only an end.
  for (const end of ['end', 'close', 'error'])
    input.once(end, () => void (taken && process.kill(process.pid, 'SIGHUP')));
  return {
    input,
    output,
    restore,
    copy: (text) => void output.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`),
    suspend(onResume) {
      restore();
      process.once('SIGCONT', () => {
        take();
        onResume();
      });
      // The whole foreground job, as the terminal itself does it: a wrapper around us stops too.
      process.kill(0, 'SIGTSTP');
    },
  };
}
