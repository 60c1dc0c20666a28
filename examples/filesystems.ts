/**
 * A plugin of one's own, in one file and without a build step:
 *
 *   oompm filesystems vmcore --plugin ./filesystems.ts
 *   oompm analyze vmcore --plugin ./filesystems.ts
 *
 * It lists the mounted filesystems' superblocks, and says which are frozen and who may be waiting for that.
 */
import { columns, definePlugin, findings, gap, table, type Kernel, type Ref, type Shape } from 'oompm';
import { allThreads, taskLabel, taskState } from 'oompm/linux';

/** struct super_block, include/linux/fs.h: what this plugin needs of it. */
const superBlock = {
  struct: 'super_block',
  members: {
    s_list: 'struct list_head',
    s_id: 'char[]',
    s_blocksize: 'unsigned long',
    s_flags: 'u64', // not a count: SB_NOUSER, 1 << 31, is sign-extended
    s_type: 'struct file_system_type *',
    s_writers: 'struct sb_writers',
  },
} as const satisfies Shape;

const fileSystemType = { struct: 'file_system_type', members: { name: 'char *' } } as const satisfies Shape;
const writers = { struct: 'sb_writers', members: { frozen: 'int' } } as const satisfies Shape;

/** SB_RDONLY, include/linux/fs.h. */
const readOnly = 1n;

const list = columns([
  { key: 'device', title: 'DEVICE', type: 'text' },
  { key: 'type', title: 'TYPE', type: 'word' },
  { key: 'blockSize', title: 'BLOCK', type: 'bytes' },
  { key: 'readOnly', title: 'READ ONLY', type: 'boolean', dispensable: 1 },
  { key: 'frozen', title: 'FROZEN', type: 'boolean' },
]);

export default definePlugin({
  id: 'filesystems',
  summary: 'Filesystems: superblocks, and which are frozen',
  needs: [superBlock, fileSystemType, writers],
  flags: { type: { type: 'string', char: 't', summary: 'only filesystems of this type' } },
  examples: ['vmcore --plugin ./filesystems.ts', 'vmcore -t ext4 --plugin ./filesystems.ts'],

  *run(kernel, { type }) {
    const blocks = [...kernel.list(kernel.symbol('super_blocks'), superBlock, 's_list')].filter(
      (block) => type === undefined || typeOf(kernel, block) === type,
    );
    yield table(
      'Superblocks',
      list,
      blocks.map((block) => ({
        cells: {
          device: block.s_id,
          type: typeOf(kernel, block) ?? gap('super_block.s_type', 'it has none', block.$address),
          blockSize: block.s_blocksize,
          readOnly: (block.s_flags & readOnly) !== 0n,
          frozen: isFrozen(kernel, block),
        },
        door: { type: 'struct super_block', address: block.$address },
      })),
    );

    const frozen = blocks.filter((block) => isFrozen(kernel, block));
    const waiting = allThreads(kernel).filter((task) => taskState(task).letter === 'D');
    if (frozen.length === 0 || waiting.length === 0) return;
    yield findings('Frozen', [
      {
        id: 'filesystems.frozen',
        weight: 60,
        certainty: 'possible',
        moment: 'dump',
        subject: { kind: 'file system', name: 'frozen' },
        sentence: `${frozen.map((block) => block.s_id).join(', ')} is frozen, and ${waiting.length} tasks are in uninterruptible sleep: they may wait for it.`,
        evidence: waiting.map((task) => taskLabel(kernel, task)),
      },
    ]);
  },
});

function typeOf(kernel: Kernel, block: Ref<typeof superBlock>): string | null {
  return block.s_type === null ? null : kernel.ref(fileSystemType, block.s_type.$address).name;
}

/** SB_UNFROZEN is 0; the steps of freezing are above it. */
function isFrozen(kernel: Kernel, block: Ref<typeof superBlock>): boolean {
  return kernel.ref(writers, block.s_writers.$address).frozen !== 0;
}
