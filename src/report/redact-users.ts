import { isGap } from '../plugin/make-views.js';
import type { Outcome, Section, SolidView } from '../plugin/section.js';
import { lineFields } from '../plugin/view-keys.js';
import type { Cell, Column, Fact, Gap, LogLine, Row, Stack, TreeNode, ValueType } from '../words/views.js';
import { defined } from '../words/defined.js';
import type { Finding } from '../words/finding.js';
import type { FindingFact } from '../words/told.js';

/** What hides a text, as `redact` has it for the whole report. */
export interface Hiding {
  /** The token of a whole name; undefined where it has none. */
  known(name: string): string | undefined;
  /** The token of a text that stands for nothing elsewhere. */
  text(words: string): string;
  /** A string that was quoted. */
  quoted(string: string): string;
  /** Whether it stands for a name already. */
  isToken(word: string): boolean;
  /** Whether a name is a word of sentences as well. */
  isWord(name: string): boolean;
  /** A sentence, with the names that are known replaced. */
  hide(text: string): string;
  kernelLine(text: string): string;
}

type LineText = {
  [K in keyof typeof lineFields]: (typeof lineFields)[K] extends 'text' ? K : never;
}[keyof typeof lineFields];
const lineTexts = (Object.keys(lineFields) as (keyof typeof lineFields)[]).filter(
  (key): key is LineText => lineFields[key] === 'text',
);

/** Types whose text is the kernel's own, the same on every machine. */
const kernelsOwn: ReadonlySet<ValueType> = new Set<ValueType>(['word', 'symbol', 'flags']);

export function isKernelsOwn(type: ValueType): boolean {
  return kernelsOwn.has(type);
}

/** A name as a part of a pattern. */
export function escaped(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

/** As the log's kernel records have it: what others wrote into the log may be any text. */
export const kernelFacility = 0;

export const plainWords = /[\w.:/#@+-]+/g;
export const plainName = /^[\w.:/#@+-]+$/;
const quotedStrings = /"(?:[^"\\]|\\.)*"/g;
const withPid = /^(.+)( \((?:pid )?\d+\))$/s;

/**
 * What a user's plugin tells, with all text hidden that may have come from the dump: nobody but the types of its
 * columns says what that text is. Texts of its cells are hidden in its sentences too.
 */
export class UsersRedaction {
  readonly #words = new Set<string>();
  readonly #told = new Set<string>();
  readonly #viewIds = new Map<string, string>();
  readonly #hiding: Hiding;
  #odd: RegExp | undefined;

  constructor(sections: readonly Section[], findings: readonly Finding[], hiding: Hiding) {
    this.#hiding = hiding;
    const views = sections.flatMap((section) => section.views);
    for (const view of views) for (const [type, cell] of typedTexts(view)) this.#take(type, cell);
    for (const { facts = {}, subject } of findings) {
      for (const { value, unit } of Object.values(facts))
        if (typeof value === 'string' && unit === undefined) this.#take('text', value);
      if (subject?.name !== undefined) this.#take('text', subject.name);
    }
    for (const word of this.#words) this.#told.delete(word);
    const odd = [...this.#told].filter((text) => !plainName.test(text)).toSorted((a, b) => b.length - a.length);
    if (odd.length > 0) this.#odd = new RegExp(`(?<![\\w-])(?:${odd.map(escaped).join('|')})(?![\\w-])`, 'g');
    for (const [index, { id, title }] of views.entries())
      if (this.#sentence(title) !== title || this.#sentence(id) !== id) this.#viewIds.set(id, `view-${index + 1}`);
  }

  section(section: Section): Section {
    return {
      ...section,
      outcome: this.#outcome(section.outcome),
      gaps: section.gaps.map((gap) => this.#gap(gap)),
      views: section.views.map((view) => this.#view(view)),
    };
  }

  finding<F extends Finding>(finding: F): F {
    const { subject, problem, brief, facts, restsOn, unread, views } = finding;
    const lines = (list: readonly string[]): string[] => list.map((line) => this.#sentence(line));
    return {
      ...finding,
      id: this.#sentence(finding.id),
      sentence: this.#sentence(finding.sentence),
      evidence: lines(finding.evidence),
      ...defined({
        problem: problem === undefined ? undefined : this.#sentence(problem),
        brief: brief === undefined ? undefined : this.#sentence(brief),
        subject: subject?.name === undefined ? subject : { ...subject, name: this.#name(subject.name) },
        facts: facts && this.#findingFacts(facts),
        restsOn: restsOn?.map((premise) => ({ ...premise, what: this.#sentence(premise.what) })),
        unread: unread && lines(unread),
        views: views?.map((id) => this.#viewIds.get(id) ?? id),
      }),
    };
  }

  #findingFacts(facts: Readonly<Record<string, FindingFact>>): Record<string, FindingFact> {
    return Object.fromEntries(
      Object.entries(facts).map(([name, { value, unit, source }]) => [
        this.#sentence(name),
        {
          value: typeof value === 'string' && unit === undefined ? this.#name(value) : value,
          ...defined({ unit }),
          source: this.#sentence(source),
        },
      ]),
    );
  }

  #take(type: ValueType, cell: Cell | undefined): void {
    if (Array.isArray(cell)) for (const part of cell as readonly string[]) this.#take(type, part);
    if (typeof cell !== 'string') return;
    if (isKernelsOwn(type)) this.#words.add(cell);
    // Numbers stay, and a word of sentences would be gone from all of them.
    else if (cell.length > 1 && !/^\d+$/.test(cell) && !this.#hiding.isWord(cell)) this.#told.add(cell);
  }

  /** A whole text: nothing of it is left. */
  #name(text: string): string {
    if (text.trim() === '' || this.#words.has(text)) return text;
    const known = this.#hiding.known(text);
    if (known !== undefined) return known;
    const [, name, pid] = withPid.exec(text) ?? [];
    return name === undefined ? this.#hiding.text(text) : `${this.#name(name)}${pid}`;
  }

  /** Text that is the plugin's, with names in it. */
  #sentence(text: string): string {
    const token = (told: string): string => this.#hiding.known(told) ?? this.#hiding.text(told);
    const odd = this.#odd === undefined ? text : text.replace(this.#odd, token);
    const plain = odd.replace(plainWords, (word) => {
      if (this.#told.has(word)) return token(word);
      const [, before = '', name = '', after = ''] = /^([.:/+-]*)(.*?)([.:/+-]*)$/.exec(word)!;
      return this.#told.has(name) ? `${before}${token(name)}${after}` : word;
    });
    // What a cell holds too has its token there: the same in quotes, or nobody finds it in the table.
    const quoted = (string: string): string =>
      this.#hiding.isToken(string.slice(1, -1)) ? string : this.#hiding.quoted(string);
    return this.#hiding.hide(plain.replace(quotedStrings, quoted));
  }

  #optional(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.#sentence(text);
  }

  #cell(cell: Cell, type: ValueType): Cell {
    if (isGap(cell)) return this.#gap(cell);
    if (Array.isArray(cell)) return (cell as readonly string[]).map((part) => this.#text(part, type));
    return typeof cell === 'string' ? this.#text(cell, type) : cell;
  }

  #text(text: string, type: ValueType): string {
    return isKernelsOwn(type) ? text : this.#name(text);
  }

  #gap(gap: Gap): Gap {
    return { ...gap, what: this.#sentence(gap.what), reason: this.#sentence(gap.reason) };
  }

  #outcome(outcome: Outcome): Outcome {
    return 'reason' in outcome ? { ...outcome, reason: this.#sentence(outcome.reason) } : outcome;
  }

  #view(view: SolidView): SolidView {
    const head = {
      id: this.#viewIds.get(view.id) ?? view.id,
      title: this.#sentence(view.title),
      ...defined({ note: 'note' in view ? this.#optional(view.note) : undefined }),
    };
    switch (view.kind) {
      case 'facts':
        return { ...view, ...head, facts: view.facts.map((fact) => this.#fact(fact)) };
      case 'table':
        return {
          ...view,
          ...head,
          columns: this.#columns(view.columns),
          rows: view.rows.map((row) => this.#row(row, view.columns)),
        };
      case 'tree':
        return {
          ...view,
          ...head,
          columns: this.#columns(view.columns),
          roots: view.roots.map((root) => this.#node(root, view.columns)),
        };
      case 'log':
        return { ...view, ...head, lines: view.lines.map((line) => this.#line(line)) };
      case 'stack':
        return { ...view, ...head, stacks: view.stacks.map((stack) => this.#stack(stack)) };
      case 'chart':
        return {
          ...view,
          ...head,
          bars: view.bars.map((bar) => ({
            ...bar,
            label: this.#name(bar.label),
            ...defined({ marks: bar.marks?.map((mark) => ({ ...mark, label: this.#sentence(mark.label) })) }),
          })),
        };
      case 'graph': {
        const ids = new Map(view.nodes.map(({ id }, index) => [id, `node-${index + 1}`]));
        const idOf = (id: string): string => ids.get(id) ?? this.#name(id);
        return {
          ...view,
          ...head,
          nodes: view.nodes.map((node) => ({ ...node, id: idOf(node.id), label: this.#name(node.label) })),
          edges: view.edges.map(({ from, to, label }) => ({
            from: idOf(from),
            to: idOf(to),
            label: this.#sentence(label),
          })),
          cycles: view.cycles.map((cycle) => cycle.map(idOf)),
        };
      }
      case 'findings':
        return { ...view, ...head, findings: view.findings.map((finding) => this.finding(finding)) };
      default:
        return view satisfies never;
    }
  }

  #fact(fact: Fact): Fact {
    return {
      ...fact,
      title: this.#sentence(fact.title),
      value: this.#cell(fact.value, fact.type),
      ...defined({ note: this.#optional(fact.note) }),
    };
  }

  #columns(columns: readonly Column[]): Column[] {
    return columns.map((column) => ({ ...column, title: this.#sentence(column.title) }));
  }

  #row<R extends Row>(row: R, columns: readonly Column[]): R {
    return {
      ...row,
      cells: Object.fromEntries(columns.map(({ key, type }) => [key, this.#cell(row.cells[key] ?? null, type)])),
    };
  }

  /** As deep as the tree is, which the runner has limited. */
  #node(node: TreeNode, columns: readonly Column[]): TreeNode {
    return { ...this.#row(node, columns), children: node.children.map((child) => this.#node(child, columns)) };
  }

  #line(line: LogLine): LogLine {
    return { ...line, text: this.#lineText(line), ...defined(this.#lineTexts(line)) };
  }

  /** All that a line may have as text: what is added there is redacted too. */
  #lineTexts(line: LogLine): Partial<Record<LineText, string | undefined>> {
    return Object.fromEntries(lineTexts.map((key) => [key, this.#optional(line[key])]));
  }

  #lineText({ text, facility, remark }: LogLine): string {
    if (remark) return this.#sentence(text);
    return facility === kernelFacility ? this.#hiding.kernelLine(text) : this.#hiding.text(text);
  }

  #stack(stack: Stack): Stack {
    const values = (list: readonly { name: string; value: string }[]): { name: string; value: string }[] =>
      list.map(({ name, value }) => ({ name, value: this.#sentence(value) }));
    return {
      ...stack,
      title: this.#sentence(stack.title),
      ...defined({ end: this.#optional(stack.end), sameAs: stack.sameAs?.map((title) => this.#sentence(title)) }),
      frames: stack.frames.map((frame) => ({
        ...frame,
        ...defined({
          note: this.#optional(frame.note),
          arguments: frame.arguments && values(frame.arguments),
          locals: frame.locals && values(frame.locals),
        }),
      })),
    };
  }
}

/** The texts of a view that are not sentences, with what they are. */
function* typedTexts(view: SolidView): Generator<readonly [ValueType, Cell | undefined]> {
  switch (view.kind) {
    case 'facts':
      for (const { type, value } of view.facts) yield [type, value];
      break;
    case 'table':
      for (const row of view.rows) yield* typedCells(row, view.columns);
      break;
    case 'tree': {
      const left = [...view.roots];
      for (let node = left.pop(); node !== undefined; node = left.pop()) {
        yield* typedCells(node, view.columns);
        left.push(...node.children);
      }
      break;
    }
    case 'chart':
      for (const { label } of view.bars) yield ['text', label];
      break;
    case 'graph':
      for (const { label } of view.nodes) yield ['text', label];
      break;
    default:
  }
}

function* typedCells({ cells }: Row, columns: readonly Column[]): Generator<readonly [ValueType, Cell | undefined]> {
  for (const { key, type } of columns) yield [type, cells[key]];
}
