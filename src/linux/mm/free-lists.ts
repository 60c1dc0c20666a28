import { listNodes } from '../../kernel/containers/list.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Zone } from './zones.js';

/** One order of a zone's free lists: blocks of 2^order pages. */
export interface FreeOrder {
  readonly order: number;
  readonly blockKB: number;
  /** nr_free: what the kernel counts, not what the lists hold. */
  readonly blocks: number;
  /** Migrate types that have a block here: "UM", letters as show_mem() prints them. */
  readonly types: string;
}

/** show_migration_types(); those that a kernel lacks are not in its enum. */
const LETTERS: Readonly<Record<string, string>> = {
  MIGRATE_UNMOVABLE: 'U',
  MIGRATE_MOVABLE: 'M',
  MIGRATE_RECLAIMABLE: 'E',
  MIGRATE_HIGHATOMIC: 'H',
  MIGRATE_CMA: 'C',
  MIGRATE_ISOLATE: 'I',
};

/** A zone's free lists by order, as show_free_areas() prints them: letters tell which lists are not empty. */
export function freeLists(kernel: Kernel, zone: Zone): readonly FreeOrder[] {
  const types = migrateTypes(kernel);
  return zone.ref.free_area.map((area, order) => ({
    order,
    blockKB: (kernel.memory.pageSize / 1024) * 2 ** order,
    blocks: area.nr_free,
    types: types
      .filter(({ index }) => {
        const head = area.free_list[index];
        return head !== undefined && head.next !== head.$address;
      })
      .map(({ letter }) => letter)
      .join(''),
  }));
}

/**
 * Counts the blocks on each of a zone's free lists by walking them; on a large machine that takes a while. By letter,
 * for each order. A broken list ends as a gap, with what was counted until then.
 */
export function countFreeLists(kernel: Kernel, zone: Zone): readonly ReadonlyMap<string, number>[] {
  const types = migrateTypes(kernel);
  return zone.ref.free_area.map(
    (area, order) =>
      new Map(
        types.flatMap(({ index, letter }) => {
          const head = area.free_list[index];
          if (!head) return [];
          let blocks = 0;
          for (const _ of listNodes(kernel, head, `${zone.name} free_area[${order}].free_list[${index}]`)) blocks++;
          return [[letter, blocks] as const];
        }),
      ),
  );
}

function migrateTypes(kernel: Kernel): readonly { index: number; letter: string }[] {
  return kernel.once('migrate types', () =>
    [...kernel.enumValues('migratetype')]
      .flatMap(([name, index]) => (LETTERS[name] === undefined ? [] : [{ index, letter: LETTERS[name] }]))
      .toSorted((a, b) => a.index - b.index),
  );
}
