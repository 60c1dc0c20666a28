import type { Gfp, KernelIdentity } from './model.js';

/**
 * GFP flags: what a mask says, by the names that the text prints, else by the layout of the release.
 * Bits move between releases (include/linux/gfp.h, gfp_types.h since 6.0), so a decode by release is likely, not
 * certain.
 */

type Bits = Readonly<Record<string, number>>;

const lowBits: Bits = {
  __GFP_DMA: 0x1,
  __GFP_HIGHMEM: 0x2,
  __GFP_DMA32: 0x4,
  __GFP_MOVABLE: 0x8,
  __GFP_HIGH: 0x20,
  __GFP_IO: 0x40,
  __GFP_FS: 0x80,
};

const classicBits: Bits = {
  ...lowBits,
  __GFP_COLD: 0x100,
  __GFP_NOWARN: 0x200,
  __GFP_REPEAT: 0x400,
  __GFP_NOFAIL: 0x800,
  __GFP_NORETRY: 0x1000,
  __GFP_MEMALLOC: 0x2000,
  __GFP_COMP: 0x4000,
  __GFP_ZERO: 0x8000,
  __GFP_NOMEMALLOC: 0x10000,
  __GFP_HARDWALL: 0x20000,
  __GFP_THISNODE: 0x40000,
};

const modernBits: Bits = {
  ...lowBits,
  __GFP_RECLAIMABLE: 0x10,
  __GFP_ZERO: 0x100,
  __GFP_ATOMIC: 0x200,
  __GFP_DIRECT_RECLAIM: 0x400,
  __GFP_KSWAPD_RECLAIM: 0x800,
  __GFP_WRITE: 0x1000,
  __GFP_NOWARN: 0x2000,
  __GFP_RETRY_MAYFAIL: 0x4000,
  __GFP_NOFAIL: 0x8000,
  __GFP_NORETRY: 0x10000,
  __GFP_MEMALLOC: 0x20000,
  __GFP_COMP: 0x40000,
  __GFP_NOMEMALLOC: 0x80000,
  __GFP_HARDWALL: 0x100000,
  __GFP_THISNODE: 0x200000,
  __GFP_ACCOUNT: 0x400000,
};

/** From this release on. The newest that is not newer than the kernel counts. */
const layouts: readonly { from: readonly [number, number]; bits: Bits }[] = [
  {
    from: [2, 6],
    bits: {
      ...classicBits,
      __GFP_WAIT: 0x10,
      __GFP_RECLAIMABLE: 0x80000,
      __GFP_KMEMCG: 0x100000,
      __GFP_NOTRACK: 0x200000,
      __GFP_NO_KSWAPD: 0x400000,
      __GFP_OTHER_NODE: 0x800000,
      __GFP_WRITE: 0x1000000,
    },
  },
  {
    from: [4, 1],
    bits: {
      ...classicBits,
      __GFP_WAIT: 0x10,
      __GFP_RECLAIMABLE: 0x80000,
      __GFP_NOACCOUNT: 0x100000,
      __GFP_NOTRACK: 0x200000,
      __GFP_NO_KSWAPD: 0x400000,
      __GFP_OTHER_NODE: 0x800000,
      __GFP_WRITE: 0x1000000,
    },
  },
  {
    from: [4, 4],
    bits: {
      ...classicBits,
      __GFP_RECLAIMABLE: 0x10,
      __GFP_ATOMIC: 0x80000,
      __GFP_ACCOUNT: 0x100000,
      __GFP_NOTRACK: 0x200000,
      __GFP_DIRECT_RECLAIM: 0x400000,
      __GFP_OTHER_NODE: 0x800000,
      __GFP_WRITE: 0x1000000,
      __GFP_KSWAPD_RECLAIM: 0x2000000,
    },
  },
  {
    from: [4, 11],
    bits: {
      ...classicBits,
      __GFP_RECLAIMABLE: 0x10,
      __GFP_ATOMIC: 0x80000,
      __GFP_ACCOUNT: 0x100000,
      __GFP_NOTRACK: 0x200000,
      __GFP_DIRECT_RECLAIM: 0x400000,
      __GFP_WRITE: 0x800000,
      __GFP_KSWAPD_RECLAIM: 0x1000000,
      __GFP_NOLOCKDEP: 0x2000000,
    },
  },
  {
    from: [4, 15],
    bits: {
      ...classicBits,
      __GFP_RECLAIMABLE: 0x10,
      __GFP_ATOMIC: 0x80000,
      __GFP_ACCOUNT: 0x100000,
      __GFP_DIRECT_RECLAIM: 0x200000,
      __GFP_KSWAPD_RECLAIM: 0x400000,
      __GFP_WRITE: 0x800000,
      __GFP_NOLOCKDEP: 0x1000000,
    },
  },
  { from: [5, 1], bits: { ...modernBits, __GFP_NOLOCKDEP: 0x800000 } },
  {
    from: [5, 14],
    bits: { ...modernBits, __GFP_ZEROTAGS: 0x800000, __GFP_SKIP_KASAN_POISON: 0x1000000, __GFP_NOLOCKDEP: 0x2000000 },
  },
  {
    from: [5, 18],
    bits: {
      ...modernBits,
      __GFP_ZEROTAGS: 0x800000,
      __GFP_SKIP_ZERO: 0x1000000,
      __GFP_SKIP_KASAN_UNPOISON: 0x2000000,
      __GFP_SKIP_KASAN_POISON: 0x4000000,
      __GFP_NOLOCKDEP: 0x8000000,
    },
  },
  {
    from: [6, 4],
    bits: {
      ...withoutAtomic(modernBits),
      __GFP_ZEROTAGS: 0x800000,
      __GFP_SKIP_ZERO: 0x1000000,
      __GFP_SKIP_KASAN: 0x2000000,
      __GFP_NOLOCKDEP: 0x4000000,
    },
  },
];

const reclaim = ['__GFP_DIRECT_RECLAIM', '__GFP_KSWAPD_RECLAIM'];
const kernelFlags = ['__GFP_IO', '__GFP_FS', ...reclaim];
const userFlags = [...kernelFlags, '__GFP_HARDWALL'];
const movableHigh = ['__GFP_HIGHMEM', '__GFP_MOVABLE'];
const lightHuge = [
  '__GFP_IO',
  '__GFP_FS',
  '__GFP_HARDWALL',
  ...movableHigh,
  '__GFP_COMP',
  '__GFP_NOMEMALLOC',
  '__GFP_NOWARN',
];

/** What the composite names stand for, in flags. `__GFP_RECLAIM` is both kinds of reclaim, `__GFP_WAIT` before 4.4. */
const composites: Readonly<Record<string, readonly string[]>> = {
  GFP_TRANSHUGE_LIGHT: lightHuge,
  GFP_TRANSHUGE: [...lightHuge, '__GFP_DIRECT_RECLAIM'],
  GFP_HIGHUSER_MOVABLE: [...userFlags, ...movableHigh],
  GFP_HIGHUSER: [...userFlags, '__GFP_HIGHMEM'],
  GFP_USER: userFlags,
  GFP_KERNEL_ACCOUNT: [...kernelFlags, '__GFP_ACCOUNT'],
  GFP_KERNEL: kernelFlags,
  GFP_TEMPORARY: [...kernelFlags, '__GFP_RECLAIMABLE'],
  GFP_NOFS: ['__GFP_IO', ...reclaim],
  GFP_NOIO: reclaim,
  GFP_ATOMIC: ['__GFP_HIGH', '__GFP_ATOMIC', '__GFP_KSWAPD_RECLAIM'],
  GFP_NOWAIT: ['__GFP_KSWAPD_RECLAIM'],
  GFP_DMA: ['__GFP_DMA'],
  GFP_DMA32: ['__GFP_DMA32'],
  __GFP_RECLAIM: reclaim,
  __GFP_WAIT: reclaim,
};

/** Single flags, composites taken apart. undefined where nothing tells them. */
export function gfpFlags(gfp: Gfp): ReadonlySet<string> | undefined {
  if (gfp.names === undefined) return undefined;
  return new Set(gfp.names.flatMap((name) => composites[name] ?? [name]));
}

/** The mask with names by the release's layout, where the text had none. The same object where that can't be. */
export function withNames(gfp: Gfp, kernel: KernelIdentity): Gfp {
  if (gfp.names !== undefined) return gfp;
  const bits = layoutOf(kernel.release);
  return bits === undefined ? gfp : { ...gfp, names: namesOf(gfp.mask, bits), namesFrom: 'release' };
}

/** Which of a zone's pages the request may use; mirrors gfp_zone() and gfp_to_alloc_flags(). */
export interface GfpMeaning {
  /** The highest zone: the request may fall back to those below it, never go above. */
  readonly highestZone: 'DMA' | 'DMA32' | 'Normal' | 'HighMem' | 'Movable';
  readonly movable: boolean;
  readonly directReclaim: boolean;
  /** Half of the min reserve is open to it. */
  readonly high: boolean;
  /** GFP_ATOMIC: a further part of the reserve. */
  readonly atomic: boolean;
  /** No watermark at all. */
  readonly memalloc: boolean;
  /** For a user's page: cpuset limits hold strictly. */
  readonly forUser: boolean;
  readonly thisNode: boolean;
}

/**
 * What an allocation with these flags may do: gfp_zone(), gfp_to_alloc_flags(). Undefined where the flags’ names are
 * not known.
 */
export function gfpMeaning(gfp: Gfp): GfpMeaning | undefined {
  const flags = gfpFlags(gfp);
  if (flags === undefined) return undefined;
  const movable = flags.has('__GFP_MOVABLE');
  const directReclaim = flags.has('__GFP_DIRECT_RECLAIM');
  return {
    highestZone: highestZoneOf(flags),
    movable,
    directReclaim,
    high: flags.has('__GFP_HIGH'),
    atomic: flags.has('__GFP_ATOMIC') || (flags.has('__GFP_HIGH') && !directReclaim),
    memalloc: flags.has('__GFP_MEMALLOC') && !flags.has('__GFP_NOMEMALLOC'),
    forUser: flags.has('__GFP_HARDWALL'),
    thisNode: flags.has('__GFP_THISNODE'),
  };
}

/** "order 0 (one page of 4 kB), for a user's page that can be moved". */
export function requestInWords(order: number | undefined, gfp: Gfp | undefined, pageKB: number): string {
  const size = orderInWords(order, pageKB);
  const meaning = gfp === undefined ? undefined : gfpMeaning(gfp);
  if (meaning === undefined || (order !== undefined && order < 0)) return size;
  const whose = meaning.forUser ? `a user page${meaning.movable ? ', movable' : ''}` : 'the kernel itself';
  return `${size}, for ${whose}`;
}

function orderInWords(order: number | undefined, pageKB: number): string {
  if (order === undefined) return 'of unknown order';
  if (order < 0) return 'manually (sysrq-f)';
  if (order === 0) return `order 0, one page of ${pageKB} kB`;
  return `order ${order}, ${2 ** order} contiguous pages (${pageKB * 2 ** order} kB)`;
}

/** gfp_zone() */
function highestZoneOf(flags: ReadonlySet<string>): GfpMeaning['highestZone'] {
  if (flags.has('__GFP_DMA')) return 'DMA';
  if (flags.has('__GFP_DMA32')) return 'DMA32';
  if (!flags.has('__GFP_HIGHMEM')) return 'Normal';
  return flags.has('__GFP_MOVABLE') ? 'Movable' : 'HighMem';
}

function layoutOf(release: string | undefined): Bits | undefined {
  const version = release === undefined ? null : /^(\d+)\.(\d+)/.exec(release);
  if (version === null) return undefined;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return layouts.findLast(({ from }) => major > from[0] || (major === from[0] && minor >= from[1]))?.bits;
}

function namesOf(mask: number, bits: Bits): string[] {
  const names: string[] = [];
  let rest = BigInt(mask);
  for (const name of [
    'GFP_HIGHUSER_MOVABLE',
    'GFP_HIGHUSER',
    'GFP_USER',
    'GFP_KERNEL',
    'GFP_NOFS',
    'GFP_NOIO',
    'GFP_ATOMIC',
  ]) {
    const value = compositeMask(name, bits);
    if (value !== 0n && (rest & value) === value) {
      names.push(name);
      rest &= ~value;
      break;
    }
  }
  for (const [name, bit] of Object.entries(bits)) {
    if ((rest & BigInt(bit)) === 0n) continue;
    names.push(name);
    rest &= ~BigInt(bit);
  }
  if (rest !== 0n) names.push(`0x${rest.toString(16)}`);
  return names;
}

/** Before 4.4 one bit, `__GFP_WAIT`, stood for both kinds of reclaim. */
function compositeMask(name: string, bits: Bits): bigint {
  let mask = 0n;
  for (const flag of composites[name]!) {
    const reclaims = flag === '__GFP_DIRECT_RECLAIM' || (flag === '__GFP_KSWAPD_RECLAIM' && name !== 'GFP_ATOMIC');
    const bit = bits[flag] ?? (reclaims ? bits['__GFP_WAIT'] : undefined);
    if (bit !== undefined) mask |= BigInt(bit);
  }
  return mask;
}

function withoutAtomic(bits: Bits): Bits {
  // 6.3 took __GFP_ATOMIC away (2973d8229b78); its bit stayed unused.
  const { __GFP_ATOMIC: _, ...rest } = bits;
  return rest;
}
