import { createWriteStream, existsSync, openSync, realpathSync } from 'node:fs';
import { once } from 'node:events';
import { extname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { InputError } from '../bytes/input-error.js';
import { plain } from '../report/paint.js';
import { render, type ReportFormat } from '../report/render.js';
import { makeReport } from '../report/report.js';
import { sectionOf } from './state/page-blocks.js';
import type { Page, State } from './state/state.js';

const formats: Readonly<Record<string, ReportFormat>> = { '.txt': 'text', '.text': 'text', '.md': 'md', '.json': 'json', '.html': 'html', '.htm': 'html' };

/** Other work is let in so often: a key does not wait for a long table to be written. */
const sliceMs = 15;

/**
 * Writes what a page shows, whole, to a file whose name says the format.
 * @returns what to tell the user
 * @throws InputError where it can't be written; a file that exists is left unchanged
 */
export async function exportPage(state: State, page: Page, file: string, version: string): Promise<string> {
  const format = formats[extname(file).toLowerCase()];
  if (format === undefined) throw new InputError(`${file}: the name ends in none of .txt, .md, .json and .html`);
  if (existsSync(file)) throw new InputError(`${file} already exists; it was left unchanged`);
  if (state.dump === undefined) throw new InputError('there is nothing to write yet');
  const report = makeReport(version, state.dump, sectionsOf(state, page));
  const stream = open(file);
  let slice = performance.now();
  for (const piece of render(report, format, { width: Infinity, paint: plain })) {
    if (!stream.write(piece)) await once(stream, 'drain');
    if (performance.now() - slice < sliceMs) continue;
    await setImmediate();
    slice = performance.now();
  }
  stream.end();
  await once(stream, 'close');
  return `written to ${realpathSync(file)}`;
}

function sectionsOf(state: State, { source }: Page): Parameters<typeof makeReport>[2] {
  switch (source.kind) {
    case 'overview': return state.plugins.flatMap(({ id, summary }) => (state.sections[id] === undefined ? [] : [sectionOf(id, summary, state.sections[id])]));
    case 'plugin': {
      const yielded = state.sections[source.id];
      return yielded === undefined ? [] : [sectionOf(source.id, state.plugins.find(({ id }) => id === source.id)?.summary ?? source.id, yielded)];
    }
    case 'answer': {
      const yielded = state.answers[source.request];
      return yielded === undefined ? [] : [sectionOf('answer', source.title, yielded)];
    }
    case 'text': return [{ plugin: 'text', title: source.title, outcome: { kind: 'done' }, gaps: [], views: [{ kind: 'log', id: 'text', title: source.title, lines: [{ text: source.text }] }] }];
    default: return source satisfies never;
  }
}

function open(file: string): ReturnType<typeof createWriteStream> {
  try {
    return createWriteStream(file, { fd: openSync(file, 'wx') });
  } catch (error) {
    throw new InputError(`${file} can't be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
