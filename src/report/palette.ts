import type { ChartView, PartKind } from '../words/views.js';

/**
 * How the parts of a picture look: the one place for text, screens and HTML. A look belongs to a kind, not to a rank,
 * so that page cache looks the same in each dump; no two kinds share a shade, so that a picture is read without colours
 * too. Red is none of them: it says that something is bad.
 */
export type Hue = 'magenta' | 'green' | 'cyan' | 'yellow' | 'blue';

export interface Look {
  /** None for what is free and for what no counter tells of: they are drawn without a colour. */
  readonly hue?: Hue;
  /** One cell of a terminal, in the fonts of all. */
  readonly shade: string;
  /** The slant of the lines across it where it is drawn, in degrees; plain without. */
  readonly hatch?: number;
  /** Of a class in HTML. */
  readonly name: string;
}

const looks: Readonly<Record<PartKind, Look>> = {
  anon: { name: 'anon', hue: 'magenta', shade: '█' },
  file: { name: 'file', hue: 'green', shade: '▒' },
  shmem: { name: 'shmem', hue: 'cyan', shade: '▓' },
  unevictable: { name: 'unevictable', hue: 'yellow', shade: '▚' },
  'slab-unreclaimable': { name: 'slab-unreclaimable', hue: 'blue', shade: '#' },
  'slab-reclaimable': { name: 'slab-reclaimable', hue: 'blue', shade: '=', hatch: 90 },
  slab: { name: 'slab', hue: 'blue', shade: '%', hatch: 45 },
  'page-tables': { name: 'page-tables', hue: 'yellow', shade: '+', hatch: 45 },
  'kernel-stacks': { name: 'kernel-stacks', hue: 'green', shade: 'o', hatch: 45 },
  kernel: { name: 'kernel', hue: 'magenta', shade: '▞', hatch: 90 },
  hugetlb: { name: 'hugetlb', hue: 'cyan', shade: '▌', hatch: 45 },
  percpu: { name: 'percpu', hue: 'magenta', shade: ':', hatch: 45 },
  zram: { name: 'zram', hue: 'yellow', shade: 'x', hatch: 90 },
  pipes: { name: 'pipes', hue: 'cyan', shade: '|', hatch: 90 },
  sockets: { name: 'sockets', hue: 'green', shade: '~', hatch: 90 },
  free: { name: 'free', shade: '░' },
  unknown: { name: 'unknown', shade: '?' },
};

/** All looks, for a page's style. */
export const allLooks: readonly Look[] = Object.values(looks);

/** The look of each bar; those of no kind have what no kind in this picture has, in turn. */
export function looksOf(bars: ChartView['bars']): Look[] {
  const taken = new Set(bars.flatMap(({ kind }) => (kind === undefined ? [] : [looks[kind]])));
  const left = allLooks.filter((look) => look.hue !== undefined && !taken.has(look));
  let next = 0;
  return bars.map(({ kind }) => (kind === undefined ? (left[next++ % left.length] ?? looks.unknown) : looks[kind]));
}

/** Counters that are read one after the other may exceed their sum by so much, and still be parts of it. */
const excess = 0.01;

/** Whether the bars are parts of one whole, and none counted twice: what can be drawn as one bar. */
export function isWhole({ bars, total }: Pick<ChartView, 'bars' | 'total'>): boolean {
  return (
    total !== undefined &&
    total > 0 &&
    bars.every(({ marks }) => marks === undefined) &&
    bars.reduce((sum, { value }) => sum + Math.max(0, value), 0) <= total * (1 + excess)
  );
}
