import { defined } from '../../../words/defined.js';
import { exactCount } from '../../count.js';
import type { Count, OomTask } from '../../model.js';
import { push, bounds } from '../draft.js';
import type { LineKind } from '../line-kind.js';

/**
 * dump_tasks(): a table whose heading tells the columns; they changed in 2.6.36, 3.x, 4.4, 4.15 and 6.8, and vendors
 * add theirs.
 */
export const tasksHead: LineKind = {
  name: 'tasks',
  role: 'body',
  starts: /^(?:Tasks state \(memory values in pages\):|\[\s*pid\s*\])/,
  continues: /^[a-z_]/,
  token:
    /^(?:total_vm|rss_anon|rss_file|rss_shmem|nr_ptes|nr_pmds|nr_puds|pgtables_bytes|swapents|oom_adj|oom_score_adj|name)$/,
  open: (text) => text.startsWith('[') && !/\bname$/.test(text),
  read(text, draft) {
    draft.section = 'tasks';
    if (!text.startsWith('[')) return;
    const columns = text
      .replace(/^\[\s*pid\s*\]/, '')
      .trim()
      .split(/\s+/);
    // Of a heading whose end was cut off the rows know more.
    if (columns.at(-1) !== 'name') return;
    draft.columns = columns;
    if (everywhere.every((column) => columns.includes(column))) draft.tasks ??= [];
  },
};

/** "[  5532]     0  5532  2884233  2793370 22437888        0             0 a.out" */
export const task: LineKind = {
  name: 'task',
  role: 'body',
  starts: /^\[\s*\d+\]\s+\d+\s+\d+(?:\s|$)/,
  continues: /^\S/,
  // Nine words after the pid make the narrowest table; where the heading is known the wrap is mended by it.
  open: (text) => !/^\[\s*\d+\](?:\s+-?\d+){6,}\s+\S/.test(text),
  read(text, draft) {
    draft.section = 'tasks';
    const row = readRow(text, draft.columns);
    if (row === undefined) return;
    push(draft, (draft.tasks ??= []), row.task, bounds.tasks, 'tasks');
    draft.columns ??= row.columns;
  },
};

/** How many words a row has by the heading, the pid not counted. */
export function rowIsWhole(text: string, columns: readonly string[] | undefined): boolean {
  if (columns === undefined) return !task.open!(text);
  return text.replace(/^\[\s*\d+\]\s*/, '').split(/\s+/).length >= columns.length;
}

function readRow(
  text: string,
  heading: readonly string[] | undefined,
): { task: OomTask; columns: string[] } | undefined {
  const found = /^\[\s*(\d+)\]\s+(.*)$/.exec(text);
  if (found === null) return undefined;
  const words = found[2]!.split(/\s+/);
  const columns = heading === undefined ? guessColumns(words) : [...heading];
  const numeric = columns.filter((name) => name !== 'name');
  if (words.length < numeric.length || !words.slice(0, numeric.length).every((word) => /^-?\d+$/.test(word)))
    return undefined;
  const values = new Map<string, Count>();
  numeric.forEach((name, i) => values.set(name, exactCount(words[i]!)));
  // A name may hold spaces; what it looks like is kept.
  const name = nameAfter(found[2]!, numeric.length);
  const [tgid, totalVm, rss] = everywhere.map((column) => values.get(column));
  if (tgid === undefined || totalVm === undefined || rss === undefined) return undefined;
  const number = (column: string): number | undefined => (values.has(column) ? Number(values.get(column)) : undefined);
  const others = Object.fromEntries([...values].filter(([column]) => !known.has(column)));
  return {
    columns,
    task: {
      pid: Number(found[1]),
      ...defined({ uid: number('uid') }),
      tgid: Number(tgid),
      name,
      totalVm,
      rss,
      ...defined({
        rssAnon: values.get('rss_anon'),
        rssFile: values.get('rss_file'),
        rssShmem: values.get('rss_shmem'),
        pgtablesBytes: values.get('pgtables_bytes'),
        nrPtes: values.get('nr_ptes'),
        nrPmds: values.get('nr_pmds'),
        nrPuds: values.get('nr_puds'),
        swapents: values.get('swapents'),
      }),
      oomScoreAdj: number('oom_score_adj') ?? 0,
      ...(Object.keys(others).length === 0 ? {} : { others }),
    },
  };
}

/** Columns without which a row says nothing of a task's memory; every kernel prints them. */
const everywhere = ['tgid', 'total_vm', 'rss'] as const;

const known = new Set<string>([
  ...everywhere,
  'uid',
  'rss_anon',
  'rss_file',
  'rss_shmem',
  'pgtables_bytes',
  'nr_ptes',
  'nr_pmds',
  'nr_puds',
  'swapents',
  'oom_score_adj',
]);

/** A table whose heading was cut off: by the number of figures, and whether page tables are counted in bytes. */
function guessColumns(words: readonly string[]): string[] {
  const figures = words.findIndex((word) => !/^-?\d+$/.test(word));
  const start = ['uid', 'tgid', 'total_vm', 'rss'];
  const end = ['swapents', 'oom_score_adj', 'name'];
  if (figures === 10) return [...start, 'rss_anon', 'rss_file', 'rss_shmem', 'pgtables_bytes', ...end];
  if (figures === 9) return [...start, 'nr_ptes', 'nr_pmds', 'nr_puds', ...end];
  if (figures === 8) return [...start, 'nr_ptes', 'nr_pmds', ...end];
  return [...start, Number(words[4]) % 4096 === 0 ? 'pgtables_bytes' : 'nr_ptes', ...end];
}

function nameAfter(row: string, figures: number): string {
  let at = 0;
  for (let i = 0; i < figures; i++) {
    const next = /^\s*-?\d+/.exec(row.slice(at));
    if (next === null) break;
    at += next[0].length;
  }
  return row.slice(at).trim();
}
