import type { SolidView } from '../plugin/section.js';
import type { Cell, Column, Facts, Row, TreeNode, ValueType } from '../words/views.js';
import { identifiers } from './identifiers.js';
import { isEverywhere, shownThread } from './kernel-threads.js';
import { kernelWords } from './kernel-words.js';
import { collectKernelNames, redactKernelLine, type Tokens } from './redact-kernel-line.js';
import { escaped, isKernelsOwn, kernelFacility, plainName, plainWords, UsersRedaction } from './redact-users.js';
import { summaryOf } from './summary.js';
import type { Report, ReportedFinding } from './report.js';

/** A task's name, and who bears it. */
export interface NamedTask {
  comm: string;
  isKernelThread: boolean;
}

/**
 * The report without what could tell whose machine it was: names of tasks, hosts, cgroups, devices and files, addresses
 * of the network, the hardware's name, the kernel's command line, module parameters, strings read from memory and what
 * is not the kernel's own in its log. Each is replaced by a token, the same for the same name throughout: `task-3` in a
 * finding is `task-3` in the table. Numbers, addresses, symbols, the kernel's own names and words and those of its
 * threads stay.
 * @param tasks the machine's
 */
export function redact(report: Report, tasks: readonly NamedTask[] = []): Report {
  const names = new Names();
  // All of the machine's, whether a table here has them or not: titles and findings name them too, and tokens are the
  // same in every report.
  for (const { comm, isKernelThread } of tasks) if (!isKernelThread && comm !== '') names.userTask(comm);
  // A name that a process of users has taken too is hidden.
  for (const { comm, isKernelThread } of tasks) if (isKernelThread && comm !== '') names.kernelThread(comm);
  if (report.dump.host !== undefined) names.host(report.dump.host);
  for (const file of [...report.dump.files, report.dump.vmlinux ?? '']) names.file(file);
  for (const { views, isUsers } of report.sections) for (const view of views) collect(view, names, isUsers);
  const hide = names.hider();
  const released = new Set([report.dump.release, `${report.dump.release}.`]);
  const kernelLine = (text: string): string => redactKernelLine(text, names, hide, released);
  const told = new Set([...released, ...wordsOfLogFindings]);
  const logWords = (text: string): string => redactKernelLine(text, names, hide, told);
  const users = new Map<string, UsersRedaction>();
  for (const { plugin } of report.sections.filter(({ isUsers }) => isUsers))
    users.set(
      plugin,
      new UsersRedaction(
        report.sections.filter((section) => section.plugin === plugin),
        report.findings.filter((finding) => finding.plugin === plugin),
        {
          known: (name) => names.known(name),
          text: (words) => names.text(words),
          quoted: (string) => names.token('string', string),
          isToken: (word) => names.isToken(word),
          isWord,
          hide,
          kernelLine,
        },
      ),
    );
  const hidden = mapStrings(report, (text, key, name) =>
    kernelLines.test(key)
      ? kernelLine(text)
      : hide(
          key === 'value' || wholeString.test(text)
            ? text.replace(quoted, (string) => names.token('string', string))
            : text,
          name,
        ),
  ) as Report;
  const findings = hidden.findings.map((finding, at) => {
    const plain = report.findings[at]!;
    if (ofLog.test(plain.id)) return withLogHidden(plain, finding, logWords);
    return users.get(plain.plugin)?.finding(plain) ?? finding;
  });
  return {
    ...hidden,
    signature: report.signature,
    summary: report.summary.length === 0 ? [] : summaryOf(findings),
    findings,
    sections: hidden.sections.map(
      (section, at) =>
        users.get(report.sections[at]!.plugin)?.section(report.sections[at]!) ?? {
          ...section,
          views: section.views.map((view, place) => {
            const plain = report.sections[at]!.views[place]!;
            if (view.kind !== 'log' || plain.kind !== 'log') return view;
            return {
              ...view,
              lines: plain.lines.map((line) =>
                line.remark
                  ? line
                  : {
                      ...line,
                      text: line.facility === kernelFacility ? kernelLine(line.text) : names.token('text', line.text),
                    },
              ),
            };
          }),
        },
    ),
  };
}

/** Findings whose sentences have the words of log lines, with whatever names stand in these. */
const ofLog = /^timeline\./;

/** What such a sentence is made of beside. */
const wordsOfLogFindings = (
  'A An This The was were is the a of in by and it its last first that has have does not came before end machine lived ' +
  'on oops oopses report reports stall stalls error errors disk disks or file system systems hardware corruption kill ' +
  'kills program programs user space warning warnings kernel’s own books what log'
).split(' ');

function withLogHidden(
  plain: ReportedFinding,
  hidden: ReportedFinding,
  hide: (text: string) => string,
): ReportedFinding {
  const facts = Object.entries(plain.facts ?? {}).map(([name, fact]) => [
    name,
    typeof fact.value === 'string' ? { ...fact, value: hide(fact.value) } : fact,
  ]);
  return {
    ...hidden,
    sentence: hide(plain.sentence),
    evidence: plain.evidence.map(hide),
    ...(plain.facts === undefined ? {} : { facts: Object.fromEntries(facts) as Facts }),
  };
}

/** Columns and facts that hold names, whatever their type; as plugins key them. */
const keysOfKind: readonly (readonly [kind: string, keys: RegExp])[] = [
  ['task', /^(?:comm|command|cmdline|task|name of task)$/i],
  ['host', /^(?:nodename|hostname|host|domainname)$/i],
  ['hardware', /^hardware$/],
  ['command-line', /^commandLine$/],
  ['parameters', /^args$/],
  ['text', /^text$/],
  ['path', /^(?:path|file|cgroup|memcg|cpuset|device|mount|mountpoint)$/i],
];

/** Columns with lines of the kernel's own, or made of such. */
const kernelLines = /^(?:kernelLine|happened|outcome)$/;

/** Names that a dump and its kernel have on every machine, and hosts that nobody named. */
const generic = /^(?:-|vmcore|vmlinux|localhost|\(none\))$/;

/** What is printed of a string in memory. */
const wholeString = /^"(?:[^"\\]|\\.)*"$/;
const quoted = /"(?:[^"\\]|\\.)*"/g;

class Names implements Tokens {
  readonly #tokens = new Map<string, string>();
  /** Words of the log are no names, and stay where they stand elsewhere. */
  readonly #texts = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #issued = new Set<string>();
  /** They stand within other words too: "db7:/export", "root@db7". */
  readonly #hosts = new Set<string>();
  /** Of columns and facts that hold names by their type. */
  readonly #keys = new Set<string>();

  /** The name's token; a new one where it has none. */
  token(kind: string, name: string): string {
    if (kind === 'task' && isEverywhere(name) && !this.#tokens.has(name)) this.#show(name, name);
    return this.#tokenIn(this.#tokens, kind, name);
  }

  userTask(comm: string): void {
    this.#tokenIn(this.#tokens, 'task', comm);
  }

  kernelThread(comm: string): void {
    if (this.#tokens.has(comm)) return;
    const shown = shownThread(comm, (kind, name) => this.token(kind, name));
    if (shown === undefined) this.token('kthread', comm);
    else this.#show(comm, shown);
  }

  #show(name: string, shown: string): void {
    this.#tokens.set(name, shown);
    for (const word of [shown, ...shown.split(':')]) this.#issued.add(word);
  }

  text(words: string): string {
    return this.#tokenIn(this.#texts, 'text', words);
  }

  #tokenIn(tokens: Map<string, string>, kind: string, name: string): string {
    const known = tokens.get(name);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const token = `${kind}-${count}`;
    tokens.set(name, token);
    this.#issued.add(token);
    return token;
  }

  known(name: string): string | undefined {
    return this.#tokens.get(name);
  }

  isToken(word: string): boolean {
    return this.#issued.has(word);
  }

  /** That what is keyed so is a name, and no word. */
  noteKey(key: string): void {
    this.#keys.add(key);
  }

  /** A host by its full name and by its first label, which is how a log calls it. */
  host(name: string): void {
    if (generic.test(name)) return;
    this.#hosts.add(name);
    this.token('host', name);
    const [label = ''] = name.split('.');
    if (label === name || label.length < shortestLabel) return;
    this.#hosts.add(label);
    this.token('host', label);
  }

  /** A file as it was given, and its own name: messages call it by either. */
  file(path: string): void {
    const name = path.slice(path.lastIndexOf('/') + 1);
    for (const one of [path, name]) if (one !== '' && !generic.test(one)) this.token('path', one);
  }

  /** Replaces the names known so far where they stand as words, the odd ones first; then whatever looks like a path. */
  hider(): (text: string, key?: string) => string {
    const odd = [...this.#tokens.keys()]
      .filter((name) => name.trim() !== '' && (!plainName.test(name) || this.#hosts.has(name)))
      .toSorted((a, b) => b.length - a.length);
    const oddNames =
      odd.length === 0 ? undefined : new RegExp(`(?<![\\w-])(?:${odd.map(escaped).join('|')})(?![\\w-])`, 'g');
    const known = (name: string): string | undefined => this.#tokens.get(name);
    // "sleep (51)" is a task, "uninterruptible sleep" is none.
    const isMeant = (name: string, after: string): boolean =>
      !isWord(name) || this.#hosts.has(name) || calledTask.test(after);
    // Thousands of tasks make thousands of names: plain ones are looked up word by word, not tried one after another.
    const hideWord = (word: string, at: number, whole: string): string => {
      const [, before = '', name = '', punctuation = ''] = /^([.:/+-]*)(.*?)([.:/+-]*)$/.exec(word)!;
      const behind = whole.slice(at + word.length, at + word.length + longestMark);
      const token = known(word);
      if (token !== undefined && isMeant(word, behind)) return token;
      // As the kernel writes it: "task sleep:51 blocked", "[sleep:51]".
      const [, called, pid] = /^(.+):(\d+)$/.exec(name) ?? [];
      if (called !== undefined && known(called) !== undefined) return `${before}${known(called)}:${pid}${punctuation}`;
      return before + (isMeant(name, punctuation + behind) ? (known(name) ?? name) : name) + punctuation;
    };
    // What a finding is about is often a task: its name is one, and no word.
    return (text, key = '') =>
      (isWord(text) && key !== nameOfSubject && !this.#keys.has(key) && !keysOfKind.some(([, keys]) => keys.test(key))
        ? undefined
        : known(text)) ??
      // Whole names first: a part of one may look like an address.
      identifiers.reduce(
        // A name that is hidden already is not hidden once more.
        (left, [kind, form]) => left.replace(form, (name) => (this.#issued.has(name) ? name : this.token(kind, name))),
        (oddNames === undefined ? text : text.replace(oddNames, (name) => known(name) ?? name)).replace(
          plainWords,
          hideWord,
        ),
      );
  }
}

/** Whether a name is a word of sentences as well, as that of `sleep` or `free` is. */
function isWord(name: string): boolean {
  return name.length < 2 || kernelWords.has(name);
}

/** What stands behind a task's name in a sentence: its pid, what it has, or what is told of it. */
const calledTask = /^(?: \((?:pid )?\d| \(virtual size|: )/;
const longestMark = 14;

/** Shorter labels are words of a sentence as well. */
const shortestLabel = 3;

/** @param isUsers of a user's plugin, whose columns may be called anything: what they say to be the kernel's own is. */
function collect(view: SolidView, names: Names, isUsers = false): void {
  const isName = ({ type }: { type: ValueType }): boolean => !isUsers || !isKernelsOwn(type);
  if (view.kind === 'log')
    for (const { text, facility, remark } of view.lines)
      if (facility === kernelFacility && !remark) collectKernelNames(text, names);
  if (view.kind === 'facts')
    for (const { key, type, value } of view.facts.filter(isName)) collectCell(key, type, value, names);
  if (view.kind !== 'table' && view.kind !== 'tree') return;
  const columns = view.columns.filter(isName);
  if (view.kind === 'table') {
    for (const row of view.rows) collectRow(columns, row, names);
    return;
  }
  const left: TreeNode[] = [...view.roots];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    collectRow(columns, node, names);
    left.push(...node.children);
  }
}

function collectRow(columns: readonly Column[], { cells }: Row, names: Names): void {
  for (const { key, type } of columns) collectCell(key, type, cells[key] ?? null, names);
}

function collectCell(key: string, type: Column['type'], value: Cell, names: Names): void {
  if (Array.isArray(value)) for (const one of value as readonly string[]) collectCell(key, type, one, names);
  // The root of cgroups is everywhere.
  if (typeof value !== 'string' || value === '' || value === '/') return;
  // "oomer (51)": the name is what is hidden; the pid stays.
  const named = /^(.+) \((?:pid )?\d+\)$/s.exec(value)?.[1];
  const kind =
    type === 'task' || (named !== undefined && keysOfNamed.test(key))
      ? 'task'
      : keysOfKind.find(([, keys]) => keys.test(key))?.[0];
  if (type === 'task') names.noteKey(key);
  if (kind === 'host') names.host(value);
  else if (kind !== undefined) names.token(kind, kind === 'task' ? (named ?? value) : value);
}

/** Text that may name a task with its pid, or be something else. */
const keysOfNamed = /^(?:by|holder|waiter|owner|parent|(?:killed|reaped)(?:-\d+)?)$/;

/** Members that are ours or the kernel's words, never the dead machine's. */
const ours = new Set([
  'kind',
  'id',
  'key',
  'type',
  'plugin',
  'format',
  'release',
  'architecture',
  'buildId',
  'version',
  'certainty',
  'moment',
  'found',
  'function',
  'module',
]);

/** What the name of a finding's subject is keyed by. */
const nameOfSubject = 'name of a subject';

/** Of a finding's fact: "comm" of "process.comm", and of a second one, "process.comm 2". */
function keyOfFact(name: string): string {
  return name.replace(/ \d+$/, '').replace(/^.*\./, '');
}

/** A copy with every other string passed through `change`; as deep as views are, which the runner has limited. */
function mapStrings(
  value: unknown,
  change: (text: string, key: string, name: string) => string,
  key = '',
  inCells = false,
  ofFact?: string,
): unknown {
  if (typeof value === 'string') return !inCells && ours.has(key) ? value : change(value, key, ofFact ?? key);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change, key, inCells, ofFact));
  if (typeof value !== 'object' || value === null) return value;
  const fact = !inCells && 'key' in value && typeof value.key === 'string' ? value.key : ofFact;
  // A view's facts are a list, and have keys of their own.
  const isOfFinding = key === 'facts' && !('key' in value);
  const isSubject = key === 'subject' && !inCells;
  const factOf = (name: string): string | undefined => {
    if (isOfFinding) return keyOfFact(name);
    if (isSubject && name === 'name') return nameOfSubject;
    return name === 'value' ? fact : undefined;
  };
  // A row's cells are keyed by a plugin's columns: one that is called `id` or `type` may hold anything.
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      mapStrings(inner, change, name, key === 'cells', factOf(name)),
    ]),
  );
}
