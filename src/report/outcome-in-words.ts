import type { Section } from '../plugin/section.js';
import type { Report } from './report.js';

/** What a section lacks and why, in one line; undefined for one that is whole. */
export function outcomeInWords({ plugin, outcome, views }: Section): string | undefined {
  const shown = views.length === 0 ? 'not shown' : 'not shown whole';
  switch (outcome.kind) {
    case 'done':
      return undefined;
    case 'unavailable':
      return `${plugin}: ${shown}: ${outcome.reason}`;
    case 'failed':
      return `${plugin}: ${shown}: ${failureInWords(outcome)}`;
    case 'cut short':
      return `${plugin}: cut short: ${outcome.reason}`;
    default:
      return outcome satisfies never;
  }
}

function failureInWords({ fault, reason, where }: Extract<Section['outcome'], { kind: 'failed' }>): string {
  const whose = fault === 'plugin' ? 'the plugin broke: ' : '';
  return `${whose}${reason}${where === undefined ? '' : ` (in ${where})`}`;
}

/** Whether a section has more than its title: one that found nothing to tell stands in no report. */
export function saysSomething(section: Section): boolean {
  return section.views.length > 0 || outcomeInWords(section) !== undefined;
}

/** In place of a report in which no section has anything to tell; undefined of one that is a report. */
export function nothingInWords({ sections, findings }: Report): string | undefined {
  return findings.length > 0 || sections.some(saysSomething) ? undefined : 'nothing to show';
}
