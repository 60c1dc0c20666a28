import { withFacts } from './fact-lines.js';
import { renderHtml } from './render-html.js';
import { renderJson } from './render-json.js';
import { renderMarkdown } from './render-markdown.js';
import { renderText, type TextOptions } from './render-text.js';
import type { Report } from './report.js';

/**
 * A form that a report can have: how it is written, and the endings of file names that ask for it, the usual one first.
 */
interface Format {
  endings: readonly [string, ...string[]];
  render: (report: Report, text: TextOptions | undefined) => Iterable<string>;
  /** Its facts are data, and need not be told in words. */
  hasFacts?: boolean;
}

const formats = {
  text: { endings: ['.txt', '.text', '.log'], render: renderText },
  json: { endings: ['.json'], render: (report) => renderJson(report), hasFacts: true },
  md: { endings: ['.md', '.markdown'], render: renderMarkdown },
  html: { endings: ['.html', '.htm'], render: renderHtml },
} satisfies Record<string, Format>;

export type ReportFormat = keyof typeof formats;
export const reportFormats = Object.keys(formats) as readonly ReportFormat[];

/** ".txt, .json …": how a file's name may end. */
export const usualEndings: readonly string[] = Object.values<Format>(formats).map(({ endings }) => endings[0]);

/** The format that a file's ending (".html") asks for. */
export function formatByEnding(ending: string): ReportFormat | undefined {
  const wanted = ending.toLowerCase();
  return reportFormats.find((format) => (formats[format] as Format).endings.includes(wanted));
}

/**
 * The report in pieces, to be written as they come. `text` counts for the format of that name, its `raw` and `evidence`
 * for Markdown and HTML too.
 */
export function render(report: Report, format: ReportFormat, text?: TextOptions): Iterable<string> {
  const { render, hasFacts = false }: Format = formats[format];
  return render(text?.evidence && !hasFacts ? withFacts(report) : report, text);
}
