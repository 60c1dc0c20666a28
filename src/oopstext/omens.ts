import { kernelIn } from './kernel-line.js';

/** What the kernel says before it panics of it, without a report of its own. */
const omens: readonly (readonly [line: RegExp, panic: RegExp])[] = [
  [
    /^(?:mce: )?(?:\[Hardware Error\]: )?CPU \d+: Machine Check/,
    /machine check|Unable to continue|broadcast exception/i,
  ],
  [/^VFS: Cannot open root device /, /^VFS: Unable to mount root/],
];

/** Lines between; of a machine with many banks or disks there are some. */
const longestOmen = 80;

/** What a panic may come of, and which kernel it is, of lines outside of reports. */
export class Omens {
  #last: { readonly text: string; readonly line: number } | undefined;
  /** "6.1.0-18-amd64", by the line that each boot begins with. */
  #release: string | undefined;

  get release(): string | undefined {
    return this.#release;
  }

  take(text: string, line: number): void {
    if (omens.some(([said]) => said.test(text))) {
      // The first machine check is the one; those behind it are of its consequences.
      if (this.#last === undefined || line - this.#last.line > longestOmen) this.#last = { text, line };
    } else if (text.startsWith('Linux version ')) this.#release = kernelIn(text).release ?? this.#release;
  }

  /** What the panic came of. */
  of(panic: string, line: number): string | undefined {
    const last = this.#last;
    if (last === undefined || line - last.line > longestOmen) return undefined;
    return omens.some(([said, of]) => said.test(last.text) && of.test(panic)) ? last.text : undefined;
  }
}
