import { describe, expect, test } from 'vitest';
import type { MemberSpec } from 'oompm';
import { perCpu, toyKernel } from 'oompm/testing';

import { ShapeError } from '../../src/kernel/gaps.js';

/** As the kernel has them: names of C's, of the kernel's and of the compiler's. */
const kernel = toyKernel({
  types: `
    typedef unsigned int gfp_t;
    typedef struct { unsigned long pte; } pte_t;
    typedef struct { int bits; } bare_t;
    enum zone_type { ZONE_DMA, ZONE_NORMAL };
    enum pid_type { PIDTYPE_PID };
    struct folio { u64 flags; };
    struct page { u64 flags; };
    struct proto {
      unsigned long managed; int on_cpu; u8 shift; u64 id; gfp_t gfp; enum zone_type zone; unsigned int policy; bool yes;
      unsigned int three:3, one:1; unsigned long table[2][3]; char name[8]; u8 uuid[16]; u32 words[4];
      struct folio *folio, **folios, inside; void *private; unsigned long mapping; const char *label; u32 *counts;
      s64 *total; pte_t *pte; bare_t bare; struct not_here *opaque;
    };`,
  cpus: 2,
  objects: { tcp: { type: 'struct proto', value: { managed: 7, on_cpu: 256, total: perCpu(2n ** 40n, 5) } } },
});

const reasonOf = (member: string, spec: MemberSpec): string | undefined =>
  kernel.missing({ struct: 'proto', members: { [member]: spec } });

describe('a member is told whose declared type', () => {
  test.each<[member: string, spec: MemberSpec, sentence: string]>([
    ['managed', 'u32', 'is declared as `u32` (4 bytes), and is `unsigned long` (8 bytes) in this kernel'],
    ['managed', 'unsigned int', 'is declared as `unsigned int` (4 bytes), and is `unsigned long` (8 bytes)'],
    [
      'managed',
      'unsinged long',
      'is declared as `unsinged long`, which is no type of this kernel, and is `unsigned long`',
    ],
    ['id', 'u46', 'is declared as `u46`, which is no type of this kernel, and is `u64` in this kernel'],
    ['gfp', 'gpf_t', 'is declared as `gpf_t`, which is no type of this kernel, and is `gfp_t`'],
    ['on_cpu', 'bool', 'is declared as `bool` (1 byte), and is `int` (4 bytes)'],
    ['zone', 'enum pid_type', 'is declared as `enum pid_type`, and is `enum zone_type`'],
    [
      'policy',
      'enum pdi_type',
      'is declared as `enum pdi_type`, which is no type of this kernel, and is `unsigned int`',
    ],
    ['three', 'bool', 'is declared as `bool` (1 byte), and is a bit field of 3 bits'],
    ['three', 'u3', 'is declared as `u3`, which is no type of this kernel, and is a bit field of 3 bits'],
    ['table', 'u32[][]', 'is declared as `u32[][]` (each 4 bytes), and is `unsigned long [2][3]` (each 8 bytes)'],
    ['folio', 'struct page *', 'is declared as `struct page *`, and is `struct folio *`'],
    [
      'folio',
      'struct foilo *',
      'is declared as `struct foilo *`, which is no type of this kernel, and is `struct folio *`',
    ],
    ['folio', 'char *', 'is declared as `char *`, and is `struct folio *`'],
    ['folios', 'struct folio *', 'is declared as `struct folio *`, and is `struct folio **`'],
    ['folio', 'struct folio **', 'is declared as `struct folio **`, and is `struct folio *`'],
    ['inside', 'struct page', 'is declared as `struct page`, and is `struct folio`'],
    ['private', 'struct foilo *', 'is declared as `struct foilo *`, which is no type of this kernel, and is `void *`'],
    [
      'mapping',
      'struct pgae *',
      'is declared as `struct pgae *`, which is no type of this kernel, and is `unsigned long`',
    ],
    ['counts', 'u64 *', 'is declared as `u64 *` (each 8 bytes), and is `u32 *` (each 4 bytes)'],
    ['total', { type: 's32 *', percpu: true }, 'is declared as `s32 *` (each 4 bytes), and is `s64 *` (each 8 bytes)'],
    // That another era may have another type is no reason to be silent.
    ['managed', { type: 'u32', optional: true }, 'is declared as `u32` (4 bytes), and is `unsigned long` (8 bytes)'],
    ['amount', { type: 'u32', formerly: 'managed' }, 'is declared as `u32` (4 bytes), and is `unsigned long`'],
  ])('%s: %o', (member, spec, sentence) => {
    expect(reasonOf(member, spec)).toContain(`\`struct proto\`'s member \`${member}\` ${sentence}`);
  });
});

describe('one stands that holds what this kernel has', () => {
  test.each<[member: string, spec: MemberSpec]>([
    ['managed', 'unsigned long'],
    ['managed', 'long unsigned int'],
    ['managed', 'size_t'],
    ['on_cpu', 'long'],
    ['shift', 'u64'],
    ['gfp', 'gfp_t'],
    ['gfp', 'u32'],
    ['zone', 'enum zone_type'],
    ['zone', 'int'],
    ['policy', 'enum pid_type'],
    ['yes', 'bool'],
    ['one', 'bool'],
    ['three', 'unsigned int'],
    ['table', 'unsigned long[][]'],
    ['name', 'char[]'],
    ['uuid', 'char[]'],
    ['uuid', 'u8[]'],
    ['words', 'u64[]'],
    ['folio', 'struct folio *'],
    ['folio', 'void *'],
    ['folios', 'struct folio **'],
    ['private', 'struct page *'],
    ['mapping', 'struct page *'],
    ['label', 'char *'],
    ['counts', 'unsigned int *'],
    ['pte', 'unsigned long *'],
    ['bare', 'struct bare_t'],
    ['opaque', 'struct not_here *'],
    ['total', { type: 's64 *', percpu: true }],
    ['gone', { type: 'u23', optional: true }],
  ])('%s: %o', (member, spec) => {
    expect(reasonOf(member, spec)).toBeUndefined();
  });
});

test('it fails where it is read, and the struct’s other members stand', () => {
  const shape = { struct: 'proto', members: { managed: 'u32', on_cpu: 'int' } } as const;
  const proto = kernel.ref(shape, kernel.addressOf('tcp'));
  expect(proto.on_cpu).toBe(256);
  expect(() => proto.managed).toThrow(ShapeError);
});

test('what stands behind a per-CPU pointer is read as wide as this kernel has it', () => {
  const shape = { struct: 'proto', members: { total: { type: 's64 *', percpu: true } } } as const;
  const { total } = kernel.ref(shape, kernel.addressOf('tcp'));
  expect([kernel.perCpu(total, 0), kernel.perCpu(total, 1)]).toEqual([2n ** 40n, 5n]);
});
