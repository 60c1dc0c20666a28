import { html } from '../escape.js';

/** A view under its title, at its anchor. */
export function* titled(anchor: string, title: string, content: Iterable<string>): Generator<string> {
  yield `<div class="view" id="${html(anchor)}">\n`;
  if (title !== '') yield `<h3>${html(title)}</h3>\n`;
  yield* content;
  yield '</div>\n';
}

/** The same for something long, that opens where a reader asks for it. */
export function* folded(
  { anchor, title, count }: { anchor: string; title: string; count: string },
  content: Iterable<string>,
): Generator<string> {
  yield `<details class="view" id="${html(anchor)}">\n<summary><h3>${html(title)}</h3> <span class="quiet">${count}</span></summary>\n`;
  yield* content;
  yield '</details>\n';
}
