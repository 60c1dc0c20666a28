import { ShapeError } from '../../../kernel/gaps.js';
import type { Kernel } from '../../../kernel/kernel.js';

/** What a page frame is used for, as its struct page tells. */
export const pageKinds = [
  'free',
  'anon',
  'shmem',
  'file',
  'slab',
  'pageTables',
  'hugetlb',
  'zsmalloc',
  'offline',
  'reserved',
  'kernel',
  'unused',
] as const;
/** What a page frame is in use for, as `scanPages` counts them. */
export type PageKind = (typeof pageKinds)[number];

/**
 * Where things stand in this kernel's struct page, and the numbers of its flags and types; include/linux/page-flags.h.
 */
export interface PageLayout {
  size: number;
  flags: number;
  /** compound_head; compound_info since 7.1: bit 0 tells a tail page. */
  head: number;
  mapping: number;
  private: number;
  /** page_type, where _mapcount is. */
  type: number;
  refcount: number;
  reserved: number;
  swapBacked: number;
  /** PG_slab as a mask; 0 where slab is a type (since 6.12). */
  slabFlag: number;
  kindOfType: (type: number) => PageKind | undefined;
  /**
   * How the first tail page tells that the whole is of hugetlb, before there was a type for it (6.9); undefined since.
   */
  hugetlbMark: { head: number; at: number; value: number } | undefined;
}

/** @throws ShapeError that names what this kernel's struct page lacks */
export function pageLayout(kernel: Kernel): PageLayout {
  const { size, offsets } = kernel.bind('page');
  const offset = (member: string): number => offsets.get(member)!;
  const mask = (flag: string): number => {
    const bit = kernel.enumerator(flag);
    return bit === undefined || bit > 30 ? 0 : 2 ** bit;
  };
  return {
    size,
    flags: offset('flags'),
    head: offset('compound_info'),
    mapping: offset('mapping'),
    private: offset('private'),
    type: offset('page_type'),
    refcount: offset('_refcount'),
    reserved: mask('PG_reserved'),
    swapBacked: mask('PG_swapbacked'),
    slabFlag: mask('PG_slab'),
    kindOfType: typeReader(kernel),
    hugetlbMark: hugetlbMark(kernel, mask('PG_head')),
  };
}

function hugetlbMark(kernel: Kernel, head: number): PageLayout['hugetlbMark'] {
  const value = kernel.enumerator('HUGETLB_PAGE_DTOR');
  if (value === undefined || !kernel.has('page', 'compound_dtor')) return undefined;
  return { head, at: kernel.sizeOf('page') + kernel.offsetOf('page', 'compound_dtor'), value };
}

const kindByType: Readonly<Record<string, PageKind>> = {
  PGTY_buddy: 'free',
  PGTY_offline: 'offline',
  PGTY_table: 'pageTables',
  PGTY_hugetlb: 'hugetlb',
  PGTY_slab: 'slab',
  PGTY_zsmalloc: 'zsmalloc',
  PGTY_unaccepted: 'offline',
  PGTY_large_kmalloc: 'kernel',
};

/**
 * Page types are the top byte since 6.12 (enum pagetype), and bits that are cleared before; undefined for a mapcount.
 */
function typeReader(kernel: Kernel): PageLayout['kindOfType'] {
  const names = kernel.enumValues('pagetype');
  if (names.has('PGTY_buddy')) {
    const kinds = new Map(
      [...names].flatMap(([name, value]) =>
        kindByType[name] === undefined ? [] : [[value, kindByType[name]] as const],
      ),
    );
    return (type) => kinds.get(type >>> 24);
  }
  const buddy = Number(kernel.vmcoreinfo('NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)') ?? Number.NaN);
  if (!Number.isInteger(buddy))
    throw new ShapeError('VMCOREINFO does not say what marks a free page (PAGE_BUDDY_MAPCOUNT_VALUE)');
  const offline = Number(kernel.vmcoreinfo('NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)') ?? Number.NaN);
  // PG_kmemcg stood before PG_table until 5.11 (18b2db3b0385), which also brought page.memcg_data.
  const table = kernel.has('page', 'memcg_data') || !kernel.has('page', 'mem_cgroup') ? 0x200 : 0x400;
  return (type) => {
    if (type >= 0) return undefined;
    if (type === buddy) return 'free';
    if (type === offline) return 'offline';
    return type >>> 28 === 0xf && type !== -1 && (type & table) === 0 ? 'pageTables' : undefined;
  };
}
