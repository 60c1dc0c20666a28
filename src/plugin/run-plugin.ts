import { InputError } from '../bytes/input-error.js';
import { Cancelled, GapLog, isGapError } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { typesUnreadable } from '../kernel/unreadable-names.js';
import { BadView, describe, isObject, isWritable, shortened, shortSentence } from './check-form.js';
import { openView } from './contain-view.js';
import { isGap } from './make-views.js';
import type { AuthorsWords } from './tell-author.js';
import { ViewNames } from './view-names.js';
import type { LogSubject, Plugin } from './define-plugin.js';
import type { OptionValues } from './options.js';
import { defaultLimits, type Limits, type Outcome, type Section, type SolidView } from './section.js';
import type { Gap, LogLine, Row, Stack, TreeNode, View } from '../words/views.js';
import { counted } from '../words/quantity.js';

/** Rows go in batches: a screen shows the first before the last is read, and a worker posts few messages. */
const batchSize = 512;

export type Item = Row | TreeNode | LogLine | Stack;

/** What a run reports while it goes: a view, then its rows, then the next view; `end` comes last, and always. */
export type RunEvent =
  | { kind: 'view'; view: SolidView }
  | { kind: 'batch'; items: readonly Item[] }
  | { kind: 'end'; outcome: Outcome; gaps: readonly Gap[] };

/**
 * Runs one plugin on one kernel, step by step. Whatever the plugin does becomes an outcome, never an exception; only
 * one that loops without yielding and without reading can't be ended from here (the runner in the worker can).
 */
export function* runEvents(
  kernel: Kernel,
  plugin: Plugin,
  values: OptionValues,
  limits: Limits = defaultLimits,
  isUsers = false,
  author?: AuthorsWords,
): Generator<RunEvent> {
  const before = kernel.gaps;
  const gaps = new GapLog();
  kernel.gaps = gaps;
  kernel.guard.limit(limits.ms);
  try {
    const reason = missingShapes(kernel, plugin, author);
    const outcome =
      reason === undefined
        ? yield* pull(() => yielded(plugin.run(kernel, values), 'run'), limits, isUsers ? plugin.id : undefined, {
            author,
            gaps,
          })
        : { kind: 'unavailable' as const, reason, fault: 'kernel' as const };
    yield { kind: 'end', outcome, gaps: listed(gaps, author) };
  } finally {
    kernel.gaps = before;
    kernel.guard.limit(undefined);
  }
}

/**
 * Runs one plugin to its end.
 * @param author for one of a user's: what its reads tell
 */
export function runPlugin(
  kernel: Kernel,
  plugin: Plugin,
  values: OptionValues,
  limits: Limits = defaultLimits,
  isUsers = false,
  author?: AuthorsWords,
): Section {
  const collector = collectSection(plugin, isUsers);
  for (const event of runEvents(kernel, plugin, values, limits, isUsers, author)) collector.take(event);
  return collector.section();
}

/** The same on the reports of a log, step by step. @throws TypeError for a plugin that has nothing to say of them */
export function reportEvents(
  plugin: Plugin,
  { reports, timeline }: LogSubject,
  values: OptionValues,
  limits: Limits = defaultLimits,
  isUsers = false,
): Iterable<RunEvent> {
  if (plugin.explain === undefined) throw new TypeError(`plugin ${plugin.id} does not explain logs`);
  const views = (): Iterable<View> => yielded(plugin.explain!(reports, values, timeline), 'explain');
  return eventsOfReports(views, limits, isUsers ? plugin.id : undefined);
}

function* eventsOfReports(views: () => Iterable<View>, limits: Limits, of: string | undefined): Generator<RunEvent> {
  yield { kind: 'end', outcome: yield* pull(views, limits, of), gaps: [] };
}

/** To its end. @throws TypeError for a plugin that has nothing to say of them */
export function runOnReports(
  plugin: Plugin,
  log: LogSubject,
  values: OptionValues,
  limits: Limits = defaultLimits,
): Section {
  const collector = collectSection(plugin);
  for (const event of reportEvents(plugin, log, values, limits)) collector.take(event);
  return collector.section();
}

/** Makes a section of a run's events, also of a run that was ended in the middle. */
export function collectSection(
  plugin: { id: string; summary: string },
  isUsers = false,
): {
  take(event: RunEvent): void;
  section(ended?: Outcome): Section;
} {
  const views: { view: SolidView; items: Item[] }[] = [];
  let end: { outcome: Outcome; gaps: readonly Gap[] } | undefined;
  return {
    take(event) {
      if (event.kind === 'view') views.push({ view: event.view, items: [] });
      else if (event.kind === 'end') end = event;
      else for (const item of event.items) views.at(-1)?.items.push(item);
    },
    section: (ended = { kind: 'cut short', reason: 'it was stopped' }) => ({
      plugin: plugin.id,
      title: plugin.summary,
      ...(isUsers ? { isUsers } : {}),
      outcome: end?.outcome ?? ended,
      views: views.map(({ view, items }) => withItems(view, items)),
      gaps: end?.gaps ?? [],
    }),
  };
}

function withItems(view: SolidView, items: readonly Item[]): SolidView {
  switch (view.kind) {
    case 'table':
      return { ...view, rows: items as readonly Row[] };
    case 'tree':
      return { ...view, roots: items as readonly TreeNode[] };
    case 'log':
      return { ...view, lines: items as readonly LogLine[] };
    case 'stack':
      return { ...view, stacks: items as readonly Stack[] };
    default:
      return view;
  }
}

function listed(gaps: GapLog, author: AuthorsWords | undefined): readonly Gap[] {
  const list = gaps.list.map((gap) => bounded(author?.gap(gap) ?? gap));
  if (gaps.dropped === 0) return list;
  return [...list, { gap: true, what: counted(gaps.dropped, 'more gap'), reason: 'counted, not listed' }];
}

/** Itself where it is short: that it is a lack is known of the object. */
function bounded(gap: Gap): Gap {
  const { what, reason, address = 0n } = gap;
  const short = { what: shortened(what), reason: shortened(reason) };
  if (!isWritable(address)) return { gap: true, ...short };
  return short.what === what && short.reason === reason ? gap : { ...gap, ...short };
}

function missingShapes(kernel: Kernel, plugin: Plugin, author: AuthorsWords | undefined): string | undefined {
  const reasons = plugin.needs
    .map((shape) => {
      const reason = typeof shape === 'string' && kernel.hasNamed(shape) ? undefined : kernel.missing(shape);
      return reason && (author?.missing(shape) ?? reason);
    })
    .filter((reason) => reason !== undefined);
  if (reasons.length === 0) return undefined;
  const { unreadable } = kernel.types;
  return unreadable === undefined ? reasons.join('; ') : typesUnreadable(unreadable);
}

/** What a generator gives; of another function it is said what it gave instead. */
function yielded(returned: unknown, name: 'run' | 'explain'): Iterable<View> {
  if (isObject(returned) && Symbol.iterator in returned)
    return allYielded(returned as Iterable<View> & typeof returned, name);
  const how = `write *${name}(…) { yield …; }`;
  if (returned instanceof Promise || (isObject(returned) && Symbol.asyncIterator in returned)) {
    throw new BadView(`${name} is async, but a dump is read without waiting: ${how}`);
  }
  throw new BadView(
    `${name} returned ${whatWasReturned(returned)} instead of yielding views, so it is no generator: ${how}`,
  );
}

/** The last view may have been returned instead, where nobody would see it. */
function* allYielded(views: Iterable<View>, name: 'run' | 'explain'): Generator<View> {
  const returned: unknown = yield* views;
  if (isObject(returned) && typeof returned['kind'] === 'string')
    throw new BadView(`${name} returned a ${returned['kind']} view instead of yielding it: write yield, not return`);
}

function whatWasReturned(returned: unknown): string {
  if (returned === undefined) return 'nothing';
  return isObject(returned) && typeof returned['kind'] === 'string' ? `a ${returned['kind']} view` : describe(returned);
}

/**
 * @param plugin the id of a user's
 * @param told what its reads tell, and where gaps of its cells are named: a report has room for the reason there alone
 */
function* pull(
  views: () => Iterable<View>,
  limits: Limits,
  plugin: string | undefined,
  { author, gaps }: { author?: AuthorsWords | undefined; gaps?: GapLog } = {},
): Generator<RunEvent, Outcome> {
  const deadline = performance.now() + limits.ms;
  let itemsLeft = limits.items;
  let viewsLeft = limits.views;
  let batch: Item[] = [];
  const names = plugin === undefined ? undefined : new ViewNames();
  try {
    for (const given of views()) {
      if (viewsLeft-- === 0) return { kind: 'cut short', reason: `it yields more than ${limits.views} views` };
      const { view, items, clean } = openView(given, plugin);
      names?.add(view);
      if (items === undefined || clean === undefined) {
        yield { kind: 'view', view };
        if (performance.now() > deadline) return tooLong(limits);
        continue;
      }
      // With its first rows, or when there are none: where it breaks before, "none" would be a claim.
      let isShown = false;
      const show = function* (): Generator<RunEvent> {
        if (!isShown) yield { kind: 'view', view };
        isShown = true;
        if (batch.length > 0) yield { kind: 'batch', items: batch };
        batch = [];
      };
      try {
        let index = 0;
        for (const raw of items) {
          const { item, count } = clean(raw, index++);
          itemsLeft -= count;
          if (itemsLeft < 0) return { kind: 'cut short', reason: `it yields more than ${limits.items} rows` };
          batch.push(item);
          if (plugin !== undefined && gaps !== undefined) for (const gap of gapsIn(item)) gaps.record(gap);
          if (performance.now() > deadline) return tooLong(limits);
          if (batch.length >= batchSize) yield* show();
        }
        yield* show();
      } finally {
        // Rows that came before a failure or a limit stand.
        if (batch.length > 0) yield* show();
      }
    }
    names?.check();
    return { kind: 'done' };
  } catch (error) {
    return outcomeOf(error, author);
  }
}

/** Those of a row's cells, and of the rows below it. */
function* gapsIn(item: Item): Generator<Gap> {
  const items: Item[] = [item];
  for (let at = items.pop(); at !== undefined; at = items.pop()) {
    if (!('cells' in at)) continue;
    yield* Object.values(at.cells).filter(isGap);
    if ('children' in at) items.push(...at.children.toReversed());
  }
}

function tooLong(limits: Limits): Outcome {
  return { kind: 'cut short', reason: `it took longer than ${limits.ms / 1000} s` };
}

/** How a run ended that threw. What a plugin throws can be as long as it likes. */
export function outcomeOf(error: unknown, author?: AuthorsWords): Outcome {
  const outcome = howItEnded(error, author);
  return 'reason' in outcome ? { ...outcome, reason: shortSentence(outcome.reason) } : outcome;
}

function howItEnded(error: unknown, author: AuthorsWords | undefined): Outcome {
  if (error instanceof InputError) return { kind: 'unavailable', reason: error.message };
  if (error instanceof Cancelled) return { kind: 'cut short', reason: error.message };
  if (isGapError(error)) {
    const told =
      author === undefined ? { reason: error.message } : { reason: author.reason(error), ...placeOf(error, false) };
    return { kind: 'failed', fault: 'dump', ...told };
  }
  if (error instanceof BadView) return { kind: 'failed', fault: 'plugin', reason: error.message };
  if (error instanceof Error)
    return { kind: 'failed', fault: 'plugin', reason: `${error.name}: ${error.message}`, ...placeOf(error) };
  return { kind: 'failed', fault: 'plugin', reason: `it threw ${describe(error)}, not an Error` };
}

/**
 * Of the stack: function, file and line, without the folders above it. A plugin's own line says more than ours below
 * it.
 */
function placeOf(error: Error, orOurs = true): { where?: string } {
  const lines = error.stack?.split('\n').filter((candidate) => /^\s+at .*:\d+:\d+\)?$/.test(candidate)) ?? [];
  const isOthers = (line: string): boolean => line.includes(ourFolder) || line.includes('/node_modules/');
  const line = lines.find((candidate) => !isOthers(candidate)) ?? (orOurs ? lines[0] : undefined);
  if (line === undefined) return {};
  const place = line
    .trim()
    .slice(3)
    .replaceAll(/(?:file:\/\/)?\/[^\s()]*\/(?=[^/\s()]+\/[^/\s()]+:\d)/g, '');
  return { where: shortSentence(place) };
}

/** Bundled, that of all our code. */
const ourFolder = `${import.meta.dirname}/`;
