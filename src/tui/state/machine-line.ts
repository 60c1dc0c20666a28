import { isGap } from '../../plugin/make-views.js';
import type { Cell } from '../../words/views.js';
import { quantity } from '../../report/format-value.js';
import { counted } from '../../words/quantity.js';
import type { Room } from '../lines/view-state.js';
import type { State } from './state.js';

/**
 * Which machine it was and how it ended, in one line: what the overview tells further down. Undefined until that is
 * read.
 */
export function machineInWords({ sections, dump }: State, { units }: Room): string | undefined {
  const facts = new Map(
    sections['overview']?.views.flatMap(({ view }) =>
      view.kind === 'facts' ? view.facts.map(({ key, value }): [string, Cell] => [key, value]) : [],
    ),
  );
  if (!facts.has('panic')) return undefined;
  const number = (key: string): number | undefined => {
    const value = facts.get(key);
    return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
  };
  const [memory, cpus, uptime] = [number('memory'), number('possibleCpus'), number('uptime')];
  const panic = facts.get('panic')!;
  const silent = facts.has('panicTime') ? 'panic, the log does not say why' : 'no panic';
  return (
    [
      ...(dump?.host === undefined ? [] : [dump.host]),
      ...(memory === undefined ? [] : [`${quantity(memory, 'pages', units)} RAM`]),
      ...(cpus === undefined ? [] : [counted(cpus, 'CPU')]),
      ...(uptime === undefined ? [] : [`up ${roughly(uptime / 1e9)}`]),
      ...(isGap(panic) ? [] : [panic === null ? silent : `panic: ${String(panic)}`]),
    ].join(' · ') || undefined
  );
}

/** As people say for how long: two figures, and the unit that they think in. */
function roughly(seconds: number): string {
  if (seconds < 120) return `${seconds < 10 ? Math.floor(seconds * 10) / 10 : Math.floor(seconds)} s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;
}
