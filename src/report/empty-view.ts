import type { SolidView } from '../plugin/section.js';

/** Whether a view has nothing to show; a reader is told so, and not left with its title. */
export function isEmpty(view: SolidView): boolean {
  switch (view.kind) {
    case 'facts':
      return view.facts.length === 0;
    case 'table':
      return view.rows.length === 0;
    case 'tree':
      return view.roots.length === 0;
    case 'log':
      return view.lines.length === 0;
    case 'stack':
      return view.stacks.length === 0;
    case 'chart':
      return view.bars.length === 0;
    case 'graph':
      return view.nodes.length === 0 && view.edges.length === 0;
    case 'findings':
      return view.findings.length === 0;
    default:
      return view satisfies never;
  }
}

/**
 * What stands in such a view's place. Beside what could not be read it is no statement about the kernel, and its note,
 * which says what "none" means, is none either.
 * @param unread whether something of its section could not be read
 */
export function emptyInWords(view: SolidView, unread: boolean): readonly string[] {
  if (unread) return ['none that could be read'];
  return 'note' in view && view.note !== undefined ? ['none', view.note] : ['none'];
}
