import type { EventKind, Form, Groups, OverForm } from './event-kind.js';
import { eventKinds } from './kinds/all.js';

/** A line that begins an event. */
export interface Begun {
  readonly kind: EventKind;
  readonly form: Form;
  readonly groups: Groups;
}

/** No form reads further into a line. */
const reach = 1024;

/** The pieces that a line of any kind holds, of which one is looked for in a single pass. */
const pieces = new Set(eventKinds.flatMap(({ forms, over = [] }) => [...forms, ...over].flatMap(({ needs }) => needs)));
const anyPiece = new RegExp(
  [...pieces].map((piece) => piece.replaceAll(/[()[\]/.+*?^$|\\]/g, String.raw`\$&`)).join('|'),
);

/** Whether a line may be one of an event's; most are none, and cost but this. */
export function mayMatter(line: string): boolean {
  return anyPiece.test(line.length > reach ? line.slice(0, reach) : line);
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
