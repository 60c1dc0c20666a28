import { causeOf, GapLog, sameCause, ShapeError, type GapError, type Sought } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { readOr } from '../kernel/read-or.js';
import type { Shape, StructName } from '../kernel/shape.js';
import { allShapes } from '../kernel/known-shapes.js';
import { globals } from '../../symbols/globals.js';
import { symbolNames } from '../../symbols/symbol-names.js';
import { didYouMean } from '../words/nearest-word.js';
import type { Gap } from '../words/gap.js';

/** A search through all symbols takes a tenth of a second: a plugin that misspells more is told of these first. */
const mostSearches = 8;

/**
 * What a read that failed tells the author of a plugin: what was being read, and which name may have been meant.
 * Reports of oompm's own plugins have neither, since there a name that is missing is another era's.
 */
export class AuthorsWords {
  readonly #near = new Map<string, string>();

  constructor(readonly kernel: Kernel) {}

  reason(error: GapError): string {
    if (error instanceof ShapeError) return error.message + this.#meant(error.sought);
    return error.reading === undefined ? error.message : `reading ${error.reading}: ${error.message}`;
  }

  /** The gap with that reason, but for what its own name says already. */
  gap(gap: Gap): Gap {
    const error = causeOf(gap);
    const isSaid = error instanceof ShapeError ? false : gap.what.includes(error?.reading?.replaceAll('`', '') ?? '');
    if (error === undefined || isSaid) return gap;
    return sameCause({ ...gap, reason: this.reason(error) }, gap);
  }

  /** Why a struct that the plugin needs can't serve it. */
  missing(shape: Shape | StructName): string | undefined {
    const error = readOr(
      () => this.kernel.bind(shape).lack,
      (thrown) => thrown,
    );
    return error && this.reason(error);
  }

  #meant(sought: Sought | undefined): string {
    if (sought === undefined) return '';
    const key = `${sought.kind} ${sought.name}`;
    const known = this.#near.get(key);
    if (known !== undefined || this.#near.size === mostSearches) return known ?? '';
    const near = didYouMean(sought.name, sought.kind === 'struct' ? this.#structs(sought) : this.#symbols(sought));
    this.#near.set(key, near);
    return near;
  }

  #structs({ name }: Sought): Iterable<string> {
    const declared = allShapes.map(({ struct }) => struct);
    // One that oompm knows is not misspelt: this kernel has none.
    return declared.includes(name) ? [] : new Set([...declared, ...this.kernel.types.structNames()]);
  }

  #symbols({ name }: Sought): Iterable<string> {
    const declared = [...Object.keys(globals), ...Object.values(symbolNames).flat()];
    if (declared.includes(name)) return [];
    const { gaps } = this.kernel;
    // To look for what was meant is no reading of the plugin's.
    this.kernel.gaps = new GapLog();
    try {
      return new Set(Array.from(this.kernel.symbols, (symbol) => symbol.name));
    } finally {
      this.kernel.gaps = gaps;
    }
  }
}
