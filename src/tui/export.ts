import { existsSync, realpathSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { InputError } from '../bytes/input-error.js';
import { temporaryFile } from '../bytes/temporary-file.js';
import { writeFailureInWords } from '../bytes/write-failure.js';
import { joined } from '../app/join-pieces.js';
import { plain } from '../report/paint.js';
import { formatByEnding, render, usualEndings } from '../report/render.js';
import { list } from '../words/quantity.js';
import { makeReport } from '../report/report.js';
import type { Page, State } from './state/state.js';
import { sectionOf } from './state/yielded.js';

/** Other work is let in so often: a key does not wait for a long table to be written. */
const sliceMs = 15;

/**
 * Writes what a page shows, whole, to a file whose name says the format.
 * @returns what to tell the user
 * @throws InputError where it can't be written; a file that exists is left unchanged
 */
export async function exportPage(state: State, page: Page, file: string, version: string): Promise<string> {
  const format = formatByEnding(extname(file));
  if (format === undefined) throw new InputError(`${file}: the name ends in none of ${list(usualEndings)}`);
  if (existsSync(file)) throw new InputError(`${file} already exists; it was left unchanged`);
  if (state.dump === undefined) throw new InputError('there is nothing to write yet');
  const report = makeReport(version, state.dump, sectionsOf(state, page), 'part');
  try {
    await writeNew(file, render(report, format, { width: Infinity, paint: plain }));
  } catch (error) {
    const reason = writeFailureInWords(error);
    throw reason === undefined ? error : new InputError(`${file} can't be written: ${reason}`, { cause: error });
  }
  return `written to ${realpathSync(file)}`;
}

/** Whole or not at all. */
async function writeNew(path: string, pieces: Iterable<string>): Promise<void> {
  const file = temporaryFile(dirname(resolve(path)), 0o666);
  try {
    let slice = performance.now();
    for (const piece of joined(pieces)) {
      file.write(Buffer.from(piece));
      if (performance.now() - slice < sliceMs) continue;
      await setImmediate();
      slice = performance.now();
    }
    file.sync();
    file.moveTo(path);
  } finally {
    file.discard();
  }
}

function sectionsOf(state: State, { source }: Page): Parameters<typeof makeReport>[2] {
  switch (source.kind) {
    case 'overview':
      return state.plugins.flatMap(({ id, summary }) =>
        state.sections[id] === undefined ? [] : [sectionOf(id, summary, state.sections[id])],
      );
    case 'plugin': {
      const yielded = state.sections[source.id];
      return yielded === undefined
        ? []
        : [sectionOf(source.id, state.plugins.find(({ id }) => id === source.id)?.summary ?? source.id, yielded)];
    }
    case 'answer': {
      const yielded = state.answers[source.request];
      return yielded === undefined ? [] : [sectionOf('answer', source.title, yielded)];
    }
    case 'text':
      return [
        {
          plugin: 'text',
          title: source.title,
          outcome: { kind: 'done' },
          gaps: [],
          views: [{ kind: 'log', id: 'text', title: source.title, lines: [{ text: source.text }] }],
        },
      ];
    default:
      return source satisfies never;
  }
}
