import { html } from '../escape.js';
import type { ReportedFinding } from '../report.js';
import type { Places } from './places.js';

/** How sure a finding is, of when, and where it is told in full; then what it rests on. */
export function findingFoot({ certainty, moment, plugin, evidence, ...finding }: ReportedFinding, places: Places): string {
  const links = places.of({ plugin, certainty, moment, evidence, ...finding }).map(({ anchor, title }) => ` <a href="#${html(anchor)}">${html(title)}</a>`).join('');
  const lines = evidence.map((line) => `<li>${html(line)}</li>`).join('');
  return `<p class="how"><span class="${certainty}">${certainty}</span>, ${moment === 'report' ? 'at the OOM report' : 'in the dump'}; ${html(plugin)}${links}</p>\n${lines === '' ? '' : `<ul>${lines}</ul>\n`}`;
}
