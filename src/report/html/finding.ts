import { momentInWords } from '../../words/finding.js';
import { html } from '../escape.js';
import type { ReportedFinding } from '../report.js';
import type { Places } from './places.js';

/** How sure a finding is, of when, and where it is told in full. */
export function howHtml(finding: ReportedFinding, places: Places): string {
  const { certainty, moment, plugin } = finding;
  const links = places
    .of(finding)
    .map(({ anchor, title }) => ` <a href="#${html(anchor)}">${html(title)}</a>`)
    .join('');
  return `<p class="how"><span class="${certainty}">${certainty}</span>, ${momentInWords[moment]}; ${html(plugin)}${links}</p>\n`;
}

/** What a finding rests on. */
export function evidenceHtml({ evidence }: ReportedFinding): string {
  return evidence.length === 0 ? '' : `<ul>${evidence.map((line) => `<li>${html(line)}</li>`).join('')}</ul>\n`;
}
