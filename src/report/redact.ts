import type { SolidView } from '../plugin/section.js';
import type { Cell, Column, Row, TreeNode } from '../plugin/views.js';
import type { Report } from './report.js';

/**
 * The report without what could tell whose machine it was: names of tasks and hosts, paths, text of the log. Each is replaced
 * by a token, the same for the same name throughout: `task-3` in a finding is `task-3` in the table. Numbers, addresses,
 * symbols and the kernel's own names stay.
 */
export function redact(report: Report): Report {
  const names = new Names();
  if (report.dump.host !== undefined) names.token('host', report.dump.host);
  for (const file of [...report.dump.files, report.dump.vmlinux ?? '']) if (file.includes('/')) names.token('path', file);
  for (const { views } of report.sections) for (const view of views) collect(view, names);
  const hide = names.hider();
  const hidden = mapStrings(report, hide) as Report;
  return {
    ...hidden,
    signature: report.signature,
    sections: hidden.sections.map((section) => ({
      ...section,
      views: section.views.map((view) => view.kind === 'log' ? { ...view, lines: view.lines.map((line) => line.remark ? line : { ...line, text: names.token('text', line.text) }) } : view),
    })),
  };
}

/** Columns and facts that hold names, whatever their type; as plugins key them. */
const keysOfKind: readonly (readonly [kind: string, keys: RegExp])[] = [
  ['task', /^(?:comm|command|cmdline|task|name of task)$/i],
  ['host', /^(?:nodename|hostname|host|domainname)$/i],
  ['command-line', /^commandLine$/],
  ['path', /^(?:path|file|cgroup|memcg|device|mount|mountpoint)$/i],
];

/** Two parts at least: "/srv/cache", not "/" alone nor "tasks/s". Sources of the kernel are relative, and stay. */
const paths = /(?<![\w.])(?:\/[^\s/:,;'"()[\]<>|]+){2,}\/?/g;

class Names {
  readonly #tokens = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The name's token; a new one where it has none. */
  token(kind: string, name: string): string {
    const known = this.#tokens.get(name);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const token = `${kind}-${count}`;
    this.#tokens.set(name, token);
    return token;
  }

  /** Replaces the names known so far where they stand as words, the odd ones first; then whatever looks like a path. */
  hider(): (text: string) => string {
    const odd = [...this.#tokens.keys()].filter((name) => name.trim() !== '' && !plainName.test(name)).toSorted((a, b) => b.length - a.length);
    const oddNames = odd.length === 0 ? undefined : new RegExp(`(?<![\\w-])(?:${odd.map(escaped).join('|')})(?![\\w-])`, 'g');
    const known = (name: string): string | undefined => this.#tokens.get(name);
    // Thousands of tasks make thousands of names: plain ones are looked up word by word, not tried one after another.
    const hideWord = (word: string): string => known(word)
      ?? word.replace(/^([.:/+-]*)(.*?)([.:/+-]*)$/, (_, before: string, name: string, after: string) => before + (known(name) ?? name) + after);
    return (text) => known(text)
      ?? (oddNames === undefined ? text : text.replace(oddNames, (name) => known(name) ?? name))
        .replace(paths, (path) => this.token('path', path))
        .replace(plainWords, hideWord);
  }
}

const plainName = /^[\w.:/#@+-]+$/;
const plainWords = /[\w.:/#@+-]+/g;

function escaped(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function collect(view: SolidView, names: Names): void {
  if (view.kind === 'facts') for (const { key, type, value } of view.facts) collectCell(key, type, value, names);
  if (view.kind === 'table') for (const row of view.rows) collectRow(view.columns, row, names);
  if (view.kind !== 'tree') return;
  const left: TreeNode[] = [...view.roots];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    collectRow(view.columns, node, names);
    left.push(...node.children);
  }
}

function collectRow(columns: readonly Column[], { cells }: Row, names: Names): void {
  for (const { key, type } of columns) collectCell(key, type, cells[key] ?? null, names);
}

function collectCell(key: string, type: Column['type'], value: Cell, names: Names): void {
  if (typeof value !== 'string' || value === '') return;
  const kind = type === 'task' ? 'task' : keysOfKind.find(([, keys]) => keys.test(key))?.[0];
  if (kind === undefined) return;
  // "oomer (51)": the name is what is hidden; the pid stays.
  names.token(kind, kind === 'task' ? value.replace(/ \(\d+\)$/, '') : value);
}

/** Members that are ours or the kernel's words, never the dead machine's. */
const ours = new Set(['kind', 'id', 'key', 'type', 'plugin', 'format', 'release', 'architecture', 'version', 'certainty', 'moment', 'found', 'function', 'module']);

/** A copy with every other string passed through `change`; as deep as views are, which the runner has limited. */
function mapStrings(value: unknown, change: (text: string) => string, key = ''): unknown {
  if (typeof value === 'string') return ours.has(key) ? value : change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapStrings(inner, change, name)]));
}
