import { withFacts } from './fact-lines.js';
import { renderHtml } from './render-html.js';
import { renderJson } from './render-json.js';
import { renderMarkdown } from './render-markdown.js';
import { renderText, type TextOptions } from './render-text.js';
import type { Report } from './report.js';

export const reportFormats = ['text', 'json', 'md', 'html'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/**
 * The report in pieces, to be written as they come. `text` counts for the format of that name, its `raw` and `evidence`
 * for Markdown and HTML too.
 */
export function render(given: Report, format: ReportFormat, text?: TextOptions): Iterable<string> {
  const report = text?.evidence ? withFacts(given) : given;
  switch (format) {
    case 'text':
      return renderText(report, text);
    case 'json':
      return renderJson(given);
    case 'md':
      return renderMarkdown(report, text);
    case 'html':
      return renderHtml(report, text);
    default:
      return format satisfies never;
  }
}
