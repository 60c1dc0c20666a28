import { didYouMean } from '../words/nearest-word.js';
import { BadView } from './check-form.js';
import { isOurs } from './contain-finding.js';
import type { SolidView } from './section.js';

/** What `objectView` calls its views: several objects may be shown, and their titles tell them apart. */
const ofObjects = 'object';

/** The views of one run of a user's plugin, as its findings name them. */
export class ViewNames {
  /** Titles by id. */
  readonly #titles = new Map<string, string>();
  readonly #named: { finding: string; view: string }[] = [];

  /** @throws BadView where an earlier one has its id */
  add(view: SolidView): void {
    const earlier = this.#titles.get(view.id);
    if (earlier !== undefined && view.id !== ofObjects)
      throw new BadView(
        `${view.kind} "${view.title}" has the id "${view.id}", as "${earlier}" before it has: give it another title, or an id ({ id: '…' })`,
      );
    this.#titles.set(view.id, view.title);
    if (view.kind !== 'findings') return;
    for (const { id: finding, views = [] } of view.findings)
      // Of another plugin's nothing is known here.
      for (const name of views) if (!name.includes('/') && !isOurs(finding)) this.#named.push({ finding, view: name });
  }

  /** After the last: findings may stand before what they name. @throws BadView */
  check(): void {
    const wrong = this.#named.find(({ view }) => !this.#titles.has(view));
    if (wrong === undefined) return;
    const known = [...this.#titles.keys()];
    throw new BadView(
      `the finding ${wrong.finding} names a view "${wrong.view}", which was not yielded${didYouMean(wrong.view, known) || `; there are ${known.join(', ')}`}`,
    );
  }
}
