import { EventEmitter } from 'node:events';
import type { WriteStream } from 'node:tty';
import { describe, expect, test } from 'vitest';

import { frameWriter } from '../../src/tui/frame-writer.js';

/** A terminal that keeps what is written. */
function toyOutput(columns: number, rows: number): { output: WriteStream; written: string[] } {
  const written: string[] = [];
  const output = Object.assign(new EventEmitter(), { columns, rows, write: (text: string) => written.push(text) > 0 });
  return { output: output as unknown as WriteStream, written };
}

describe('frames', () => {
  test('only lines that have changed are written, each at its place', () => {
    const { output, written } = toyOutput(80, 24);
    const { stream } = frameWriter(output);
    stream.write('one\ntwo\nthree');
    stream.write('one\nTWO\nthree');
    expect(written[1]).toContain('\u001b[2;1H');
    expect(written[1]).toContain('TWO');
    expect(written[1]).not.toMatch(/one|three/);
    stream.write('one\nTWO\nthree');
    expect(written).toHaveLength(2);
  });

  test('lines of a longer frame before are taken away', () => {
    const { output, written } = toyOutput(80, 24);
    const { stream } = frameWriter(output);
    stream.write('one\ntwo\nthree');
    stream.write('one');
    expect(written[1]).toContain('\u001b[2;1H\u001b[J');
  });

  test('a frame of a larger window never reaches below the last row', () => {
    const { output, written } = toyOutput(80, 2);
    const { stream } = frameWriter(output);
    stream.write('one\ntwo\nthree');
    stream.write('one\nother');
    expect(written.join('')).not.toContain('three');
    expect(written.join('')).not.toContain('\u001b[J');
    expect(written[1]).toContain('other');
  });

  test('redraw writes all again', () => {
    const { output, written } = toyOutput(80, 24);
    const writer = frameWriter(output);
    writer.stream.write('one\ntwo');
    writer.redraw();
    expect(written.slice(1).join('')).toMatch(/one[^]*two/);
  });
});
