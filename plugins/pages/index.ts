import { columns, definePlugin, table } from 'oompm';
import { onlineNodes, pageKinds, scanPages, type PageKind } from 'oompm/linux';

const titles: Readonly<Record<PageKind | 'missing', string>> = {
  free: 'free, in the buddy allocator',
  anon: 'anonymous memory of processes',
  shmem: 'shmem and tmpfs',
  file: 'page cache',
  slab: 'slab',
  pageTables: 'page tables',
  hugetlb: 'huge pages of hugetlb',
  zsmalloc: 'zsmalloc (zram, zswap)',
  offline: 'offline: balloon, not accepted',
  reserved: 'reserved: kernel image, firmware, holes',
  kernel: 'taken by the kernel, nothing says for what: stacks, vmalloc, drivers, pipes',
  unused: 'nobody’s: on per-CPU free lists, or never given to the allocator',
  missing: 'struct page not in the dump',
};

export default definePlugin({
  id: 'pages',
  summary: 'What each page frame is used for, by its struct page',
  needs: ['page'],
  // Reads all of the array: some seconds on a machine with a terabyte.
  inReport: false,
  examples: ['vmcore'],
  *run(kernel) {
    for (const node of onlineNodes(kernel)) {
      const counts = scanPages(kernel, node.node_start_pfn, node.node_start_pfn + node.node_spanned_pages);
      yield table(
        `Node ${node.node_id}`,
        columns([
          { key: 'kind', title: 'KIND', type: 'text' },
          { key: 'use', title: 'USED FOR', type: 'text', dispensable: 1 },
          { key: 'frames', title: 'FRAMES', type: 'integer', dispensable: 2 },
          { key: 'bytes', title: 'SIZE', type: 'bytes' },
        ]),
        [...pageKinds, 'missing' as const]
          .filter((kind) => counts[kind] > 0)
          .map((kind) => ({
            cells: { kind, use: titles[kind], frames: counts[kind], bytes: counts[kind] * kernel.memory.pageSize },
          })),
        { id: `node${node.node_id}` },
      );
    }
  },
});
