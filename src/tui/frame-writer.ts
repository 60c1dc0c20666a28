import { EventEmitter } from 'node:events';
import type { WriteStream } from 'node:tty';

/** Between these a terminal that knows them shows nothing half done; others ignore them. */
const begin = '\u001b[?2026h';
const end = '\u001b[?2026l';

/** Puts frames on the terminal: each line at its own place, and only those that have changed. */
export interface FrameWriter {
  /** What Ink is given for its output. */
  readonly stream: NodeJS.WriteStream;
  /** The terminal was used by others: all is written again. */
  redraw(): void;
  /** The window has another size. */
  resized(): void;
}

/**
 * Ink itself clears by counting lines upwards, which goes wrong where the window changes under it. It is run so that it
 * gives whole frames (its `debug` mode), and these are written here.
 */
export function frameWriter(output: WriteStream, onFrame?: () => void): FrameWriter {
  let shown: string[] = [];
  let last: string[] = [];
  const paint = (): void => {
    let text = '';
    // Cleared first: after a line of the whole width the cursor stands on its last character.
    // A frame made for a larger window may still come in after the window has changed.
    const lines = last.slice(0, output.rows);
    for (const [row, line] of lines.entries()) {
      if (shown[row] !== line) text += `\u001b[${row + 1};1H\u001b[0m\u001b[K${line}\u001b[0m`;
    }
    if (shown.length > lines.length && lines.length < output.rows) text += `\u001b[${lines.length + 1};1H\u001b[J`;
    shown = lines;
    if (text !== '') output.write(begin + text + end);
    onFrame?.();
  };
  const stream = Object.assign(new EventEmitter(), {
    isTTY: true,
    write(frame: string): boolean {
      last = frame.split('\n');
      paint();
      return true;
    },
  });
  Object.defineProperties(stream, { columns: { get: () => output.columns }, rows: { get: () => output.rows } });
  const forget = (): void => {
    shown = [];
    output.write('\u001b[2J');
  };
  return {
    // Of a stream Ink uses these members only.
    stream: stream as unknown as NodeJS.WriteStream,
    redraw() {
      forget();
      paint();
    },
    resized() {
      forget();
      stream.emit('resize');
    },
  };
}
