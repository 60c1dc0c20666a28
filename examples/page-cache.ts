/**
 * A tally of memory with a chart: whose pages the page cache holds, by filesystem and by file. Buff/cache of `free` in
 * parts.
 *
 *   oompm page-cache vmcore --plugin ./page-cache.ts
 *   oompm page-cache vmcore --plugin ./page-cache.ts --limit 50
 */
import { chart, columns, definePlugin, readOrGap, table, type Kernel, type Ref } from 'oompm';
import { inodePath } from 'oompm/linux';

/** What the cache holds of one superblock. */
interface Cached {
  readonly name: string;
  readonly pages: number;
  readonly files: readonly { readonly inode: Ref<'inode'>; readonly pages: number }[];
}

const list = columns([
  { key: 'pages', title: 'CACHED', type: 'pages' },
  { key: 'filesystem', title: 'FILESYSTEM', type: 'word' },
  { key: 'path', title: 'PATH', type: 'text' },
]);

export default definePlugin({
  id: 'page-cache',
  summary: 'Page cache by filesystem and file',
  // oompm has shapes of these: their names are enough.
  needs: ['super_block', 'inode', 'address_space'],
  flags: { limit: { type: 'integer', char: 'l', min: 1, default: 10, summary: 'files shown' } },
  examples: ['vmcore --plugin ./page-cache.ts --limit 50'],

  *run(kernel, { limit }) {
    const cached = [...kernel.list(kernel.symbol('super_blocks'), 'super_block', 's_list')]
      .map((block) => cachedOf(kernel, block))
      .filter(({ pages }) => pages > 0)
      .toSorted((a, b) => b.pages - a.pages);

    yield chart(
      'Page cache by filesystem',
      'pages',
      cached.map(({ name, pages }) => ({ label: name, value: pages, kind: name === 'tmpfs' ? 'shmem' : 'file' })),
      { total: cached.reduce((sum, { pages }) => sum + pages, 0) },
    );

    const files = cached
      .flatMap(({ name, files: all }) => all.map((file) => ({ ...file, filesystem: name })))
      .toSorted((a, b) => b.pages - a.pages);
    yield table(
      'Files with most pages',
      list,
      files.slice(0, limit).map(({ inode, pages, filesystem }) => ({
        // A file that was deleted and is still open has no path: null, "does not apply".
        cells: {
          pages,
          filesystem,
          path: readOrGap('inode.i_dentry', () => inodePath(kernel, inode.$address) ?? null),
        },
        door: { type: 'struct inode', address: inode.$address },
      })),
      files.length > limit ? { note: `${files.length - limit} more files have pages; --limit shows them.` } : {},
    );
  },
});

/** address_space.nrpages of each inode; one that can't be read is a gap, and the rest are counted. */
function cachedOf(kernel: Kernel, block: Ref<'super_block'>): Cached {
  const files = [];
  for (const inode of kernel.list(block.s_inodes, 'inode', 'i_sb_list')) {
    const pages = kernel.attempt('inode.i_data.nrpages', () => inode.i_data.nrpages);
    if (pages !== undefined && pages > 0) files.push({ inode, pages });
  }
  const name = kernel.attempt('super_block.s_type', () => block.s_type?.name) ?? 'unknown type';
  return { name, pages: files.reduce((sum, { pages }) => sum + pages, 0), files };
}
