import type { SolidView } from '../../plugin/section.js';
import { address } from '../format-value.js';
import { isEmpty } from '../empty-view.js';
import type { Report, ReportedFinding } from '../report.js';

/** Somewhere on the page that a link leads to. */
export interface Place {
  readonly anchor: string;
  readonly title: string;
}

/** Where on the page everything stands: an anchor for each section, view and stack, no two the same. */
export interface Places {
  ofSection(plugin: string): string;
  ofView(view: SolidView): string;
  /** The anchor of the stack of an object that a finding speaks of. */
  ofStack(door: bigint): string | undefined;
  /** Where a finding is told in full. */
  of(finding: ReportedFinding): readonly Place[];
}

/** A finding of many tasks leads to no more stacks than this. */
const mostStacks = 4;

export function placesOf({ sections, findings }: Report): Places {
  const taken = new Set<string>();
  const anchor = (...parts: readonly string[]): string => {
    const wanted = parts.map((part) => part.replaceAll(/[^\w.-]+/g, '-')).join('/');
    let free = wanted;
    for (let copy = 2; taken.has(free); copy++) free = `${wanted}-${copy}`;
    taken.add(free);
    return free;
  };
  const ofSections = new Map(sections.map(({ plugin }) => [plugin, anchor(plugin)]));
  const ofViews = new Map<SolidView, string>();
  const byName = new Map<string, Place & { readonly plugin: string }>();
  for (const { plugin, views } of sections) {
    for (const view of views) {
      const place = { anchor: anchor(plugin, view.id), title: view.title, plugin };
      ofViews.set(view, place.anchor);
      if (!isEmpty(view) && !byName.has(`${plugin}/${view.id}`)) byName.set(`${plugin}/${view.id}`, place);
    }
  }
  const sought = new Set(findings.flatMap(({ doors }) => (doors ?? []).map((door) => door.address)));
  const ofStacks = new Map<bigint, Place>();
  for (const { views } of sections) {
    for (const view of views) {
      if (view.kind !== 'stack') continue;
      for (const { title, door } of view.stacks) {
        if (door !== undefined && sought.has(door.address) && !ofStacks.has(door.address))
          ofStacks.set(door.address, { anchor: anchor('stack', address(door.address)), title });
      }
    }
  }
  return {
    ofSection: (plugin) => ofSections.get(plugin)!,
    ofView: (view) => ofViews.get(view)!,
    ofStack: (door) => ofStacks.get(door)?.anchor,
    of({ plugin, views, doors }) {
      const stacks = (doors ?? []).flatMap((door) => ofStacks.get(door.address) ?? []).slice(0, mostStacks);
      const named = [
        ...new Set((views ?? []).flatMap((name) => byName.get(`${plugin}/${name}`) ?? byName.get(name) ?? [])),
      ];
      return [
        ...named.map(({ anchor: at, title, plugin: of }) => ({
          anchor: at,
          title: of === plugin ? title : `${of}: ${title}`,
        })),
        ...new Set(stacks),
      ];
    },
  };
}
