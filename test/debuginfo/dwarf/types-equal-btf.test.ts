import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { readBtf } from '../../../src/debuginfo/btf/read-btf.js';
import { openDwarfFile } from '../../../src/debuginfo/dwarf/dwarf-file.js';
import { dwarfTypes } from '../../../src/debuginfo/dwarf/dwarf-types.js';
import type { StructType, TypeSource } from '../../../src/debuginfo/type-source.js';
import { typeName } from '../../../src/debuginfo/type-walk.js';
import { openVmlinux } from '../../../src/debuginfo/vmlinux.js';
import { dumpFile } from '../../dumps.js';

/** Structs, and a function in whose unit each is defined. */
const ANCHORS: [string, string][] = [
  ['zone', 'out_of_memory'],
  ['pglist_data', 'out_of_memory'],
  ['task_struct', 'out_of_memory'],
  ['mm_struct', 'out_of_memory'],
  ['page', 'out_of_memory'],
  ['oom_control', 'out_of_memory'],
  ['signal_struct', 'out_of_memory'],
  ['mem_cgroup', 'mem_cgroup_oom_synchronize'],
  ['module', '__module_address'],
  ['rq', 'scheduler_tick'],
  ['kmem_cache', 'kmem_cache_alloc'],
  ['printk_ringbuffer', 'vprintk_emit'],
  ['vm_area_struct', 'do_mmap'],
  ['super_block', 'sget'],
  ['hstate', 'hugetlb_report_meminfo'],
  ['swap_info_struct', 'si_swapinfo'],
  ['pid_namespace', 'find_ge_pid'],
  ['mutex', 'mutex_lock'],
  ['rw_semaphore', 'down_read'],
  ['sk_buff', 'kfree_skb_partial'],
];

describe.each(['vmlinux-5.10', 'vmlinux-6.1'])('%s', (name) => {
  const path = dumpFile(name);
  const there = path !== undefined && existsSync(path);

  test.skipIf(!there)('structs by DWARF have the members of those by BTF', async () => {
    const { btf, dwarf } = await sources(path!);
    for (const [struct, anchor] of ANCHORS) {
      const fromBtf = btf.struct(struct);
      expect(fromBtf, struct).toBeDefined();
      expect(described(dwarf.struct(struct, anchor)!), struct).toEqual(described(fromBtf!));
    }
  });

  test.skipIf(!there)('enumerators, enums and typedefs by DWARF equal those by BTF', async () => {
    const { btf, dwarf } = await sources(path!);
    // Compilers keep only the enums that a unit uses: page_alloc.c uses these, oom_kill.c not all of them.
    for (const enumerator of [
      'NR_FREE_PAGES',
      'MIGRATE_MOVABLE',
      'ZONE_NORMAL',
      'WMARK_HIGH',
      'NR_SLAB_UNRECLAIMABLE_B',
      'CONSTRAINT_MEMCG',
    ]) {
      expect(dwarf.enumerator(enumerator, 'si_mem_available'), enumerator).toBe(btf.enumerator(enumerator));
    }
    expect(dwarf.enumerator('NR_FREE_PAGES', 'si_mem_available')).toBe(0n);
    expect(dwarf.enumerator('NOT_IN_ANY_KERNEL', 'si_mem_available')).toBeUndefined();
    expect(dwarf.enum('zone_type', 'out_of_memory')!.values).toEqual(btf.enum('zone_type')!.values);
    expect(typeName(dwarf.typedef('gfp_t', 'out_of_memory')!)).toBe('gfp_t');
    expect(typeName(dwarf.variable('vm_zone_stat', 'out_of_memory')!)).toBe(
      `atomic_long_t [${btf.enumerator('NR_VM_ZONE_STAT_ITEMS')}]`,
    );
  });

  test.skipIf(!there)('a name that no unit has, and an anchor that is no function, give undefined', async () => {
    const { dwarf } = await sources(path!);
    expect(dwarf.struct('zone', 'no_such_function')).toBeUndefined();
    expect(dwarf.struct('zone'), 'no unit is known yet').toBeUndefined();
    expect(dwarf.struct('no_such_struct', 'out_of_memory')).toBeUndefined();
    expect(dwarf.struct('zone', 'out_of_memory')).toBeDefined();
    expect(dwarf.struct('zone'), 'the unit is known now').toBeDefined();
  });
});

async function sources(path: string): Promise<{ btf: TypeSource; dwarf: TypeSource }> {
  const kaslrOffset = 0x1a000000n;
  const vmlinux = await openVmlinux(path);
  const symbols = vmlinux.symbols(kaslrOffset)!;
  return {
    btf: readBtf(vmlinux.btf()!, 'vmlinux .BTF'),
    dwarf: dwarfTypes(openDwarfFile(vmlinux)!).sourceFor((name) => symbols.addressOf(name), kaslrOffset),
  };
}

/** Members with their places and types, those of anonymous structs and unions within them. */
function described(struct: StructType): unknown {
  return {
    kind: struct.kind,
    name: struct.name,
    size: struct.size,
    members: struct.members.map(({ name, bitOffset, bitSize, type }) => {
      const inner = type();
      const anonymous = (inner.kind === 'struct' || inner.kind === 'union') && inner.name === '';
      return { name, bitOffset, bitSize, type: anonymous ? described(inner) : typeName(inner) };
    }),
  };
}
