import type { EventKind, Form, Groups, OverForm } from './event-kind.js';
import { eventKinds } from './kinds/all.js';
import { PieceFinder } from './piece-finder.js';

/** A line that begins an event. */
export interface Begun {
  readonly kind: EventKind;
  readonly form: Form;
  readonly groups: Groups;
}

/** No form reads further into a line. */
const reach = 1024;

/** Announce what a later line says: of arm's aborts what they are, be it a program's. */
const heralds = ['------------[ cut here', 'Unhandled fault: ', 'Unhandled prefetch abort: '];

/** The pieces that a line of any kind holds, of which one is looked for in a single pass. */
const pieces = new PieceFinder([
  ...new Set([
    ...heralds,
    ...eventKinds.flatMap(({ forms, over = [] }) => [...forms, ...over].flatMap(({ needs }) => needs)),
  ]),
]);

/** Whether a line may be one of an event's; most are none, and cost but this. */
export function mayMatter(line: string): boolean {
  return pieces.find(line, 0, Math.min(line.length, reach)) >= 0;
}

/** Behind the first piece of a text that a line may matter for; -1 where there is none. */
export function endOfPiece(text: string, from: number, to: number): number {
  return pieces.find(text, from, to);
}

/** The event that a line of the kernel's, or of a program's, begins. */
export function beginsIn(line: string, isForeign: boolean): Begun | undefined {
  const head = line.slice(0, reach);
  for (const kind of eventKinds) {
    if (isForeign && kind.by === undefined) continue;
    for (const form of kind.forms) {
      const groups = matched(form, head);
      if (groups !== undefined) return { kind, form, groups };
    }
  }
  return undefined;
}

/** What a line of the kernel's says is over. */
export function overIn(
  line: string,
): { readonly kind: EventKind; readonly about: string; readonly outcome: string } | undefined {
  const head = line.slice(0, reach);
  for (const kind of eventKinds)
    for (const form of kind.over ?? []) {
      const groups = matched(form, head);
      if (groups !== undefined) return { kind, ...form.over(groups) };
    }
  return undefined;
}

function matched({ needs, line }: Form | OverForm, head: string): Groups | undefined {
  const isThere = typeof needs === 'string' ? head.includes(needs) : needs.some((piece) => head.includes(piece));
  const found = isThere ? line.exec(head) : null;
  return found === null ? undefined : (found.groups ?? {});
}
