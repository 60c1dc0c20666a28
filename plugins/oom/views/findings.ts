import { defined, findings, type Finding, type FindingsView } from 'oompm';

/** What the verdicts say of the OOM report, as a report's findings. */
export function verdictsView(judged: readonly Finding[]): FindingsView {
  return view('What the OOM report says', judged, 'verdicts');
}

/** What they say of the memory as the dump has it. */
export function stateVerdictsView(judged: readonly Finding[]): FindingsView {
  return view('Memory when the dump was taken', judged, 'state-verdicts');
}

function view(title: string, judged: readonly Finding[], id: string): FindingsView {
  return findings(
    title,
    judged.map((finding) => ({ ...finding, ...defined({ views: viewsOf[finding.id] }) })),
    { id },
  );
}

/** Where each verdict's subject is told in full. */
const viewsOf: Readonly<Record<string, readonly string[]>> = {
  'oom.earlier': ['event', 'timeline/events'],
  'oom.constraint': ['memcg', 'charged', 'event'],
  'oom.watermark': ['zones', 'zones/free-lists'],
  'oom.memory-held.shares': ['charged', 'memcg-stat', 'consumers'],
  'oom.memory-held.process': ['tasks', 'ps/tasks'],
  'oom.memory-held.page-tables': ['tasks', 'ps/tasks'],
  'oom.memory-held.slab': ['slab', 'slab/caches'],
  'oom.memory-held.hugetlb': ['swap'],
  'oom.memory-held.zram': ['swap/zram'],
  'oom.reclaim': ['swap', 'swap/swap'],
  'oom.victim': ['tasks'],
  'oom.still-there': ['ps/tasks'],
  'oom.still-there.zombies': ['ps/tasks'],
  'oom.afterwards': ['consumers-now', 'zones-now', 'tasks-now'],
};
