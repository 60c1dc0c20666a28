import type { LogLine, ValueType } from '../words/views.js';

/** What a value of a cell or a fact may be. */
export const valueTypes: readonly ValueType[] = [
  'text',
  'integer',
  'boolean',
  'address',
  'symbol',
  'bytes',
  'kB',
  'pages',
  'ns',
  'ms',
  'unixTime',
  'percent',
  'flags',
  'pid',
  'task',
  'word',
];

/** What a line of a log may have beside its text. */
export const lineFields = {
  timeNs: 'number',
  level: 'number',
  facility: 'number',
  caller: 'text',
  sequence: 'number',
} as const satisfies Partial<Record<keyof LogLine, 'number' | 'text'>>;

/** What each object of a view may have. */
export const keysOf = {
  facts: keys('facts', 'headline'),
  findings: keys('findings'),
  chart: keys('unit', 'bars', 'total', 'headline'),
  graph: keys('nodes', 'edges', 'cycles', 'headline'),
  table: keys('columns', 'rows', 'note', 'sorted', 'folded'),
  tree: keys('columns', 'roots', 'note'),
  log: keys('lines'),
  stack: keys('stacks'),
  column: new Set(['key', 'title', 'type', 'dispensable', 'exact']),
  row: new Set(['cells', 'door']),
  node: new Set(['cells', 'door', 'children']),
  findingFact: new Set(['value', 'unit', 'source']),
  fact: new Set(['key', 'title', 'type', 'value', 'note', 'door']),
  finding: new Set([
    'id',
    'weight',
    'certainty',
    'moment',
    'subject',
    'problem',
    'sentence',
    'brief',
    'evidence',
    'facts',
    'restsOn',
    'unread',
    'doors',
    'views',
    'about',
  ]),
  subject: new Set(['kind', 'name', 'pids', 'cpus', 'type', 'address']),
  premise: new Set(['what', 'certainty']),
  line: new Set([...Object.keys(lineFields), 'text', 'remark']),
  oneStack: new Set(['title', 'door', 'frames', 'end', 'sameAs']),
  frame: new Set([
    'index',
    'ip',
    'sp',
    'function',
    'offset',
    'module',
    'inlined',
    'file',
    'line',
    'found',
    'arguments',
    'locals',
    'registers',
    'note',
  ]),
  bar: new Set(['label', 'value', 'kind', 'marks']),
} as const;

function keys(...own: readonly string[]): ReadonlySet<string> {
  return new Set(['kind', 'id', 'title', ...own]);
}
