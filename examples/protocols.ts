/**
 * Network protocols with their sockets and memory, as /proc/net/protocols and /proc/net/sockstat have them, and a
 * finding where one is over its limit: tcp_mem, udp_mem.
 *
 *   oompm protocols vmcore --plugin ./protocols.ts
 */
import { columns, definePlugin, findings, table, type Finding, type Kernel, type Ref, type Shape } from 'oompm';

/** struct proto, include/net/sock.h. Pointers to numbers are addresses: what stands there is read by hand. */
const proto = {
  struct: 'proto',
  members: {
    node: 'struct list_head',
    name: 'char[]',
    memory_allocated: 'void *',
    sockets_allocated: 'struct percpu_counter *',
    sysctl_mem: 'void *',
  },
} as const satisfies Shape;

/** What is known of one protocol; null: it does not count that. */
interface Usage {
  readonly name: string;
  readonly address: bigint;
  readonly sockets: number | null;
  readonly pages: number | null;
  /** The third of tcp_mem: above it no socket gets more. */
  readonly limit: number | null;
}

const list = columns([
  { key: 'name', title: 'PROTOCOL', type: 'word' },
  { key: 'sockets', title: 'SOCKETS', type: 'integer' },
  { key: 'memory', title: 'MEMORY', type: 'pages' },
  { key: 'limit', title: 'LIMIT', type: 'pages' },
]);

export default definePlugin({
  id: 'protocols',
  summary: 'Network protocols: sockets, and the memory of their buffers',
  needs: [proto],

  *run(kernel) {
    // A static variable that oompm does not declare: by name.
    const protocols = [...kernel.list(kernel.symbolNamed('proto_list'), proto, 'node')].flatMap(
      (one) => kernel.attempt(`proto ${one.$address.toString(16)}`, () => usageOf(kernel, one)) ?? [],
    );
    yield table(
      'Protocols',
      list,
      protocols.map(({ name, address, sockets, pages, limit }) => ({
        cells: { name, sockets, memory: pages, limit },
        door: { type: 'struct proto', address },
      })),
    );
    const over = protocols.flatMap(overLimit);
    if (over.length > 0) yield findings('Over their limit', over);
  },
});

function usageOf(kernel: Kernel, one: Ref<typeof proto>): Usage {
  const { memory_allocated: allocated, sysctl_mem: limits, sockets_allocated: sockets } = one;
  return {
    name: one.name,
    address: one.$address,
    sockets: sockets === null ? null : socketsIn(kernel, sockets),
    // proto_memory_allocated(): in pages, and none is below 0.
    pages: allocated === 0n ? null : Math.max(0, longAt(kernel, allocated)),
    limit: limits === 0n ? null : longAt(kernel, limits + 16n),
  };
}

/** A long is signed; memory is read unsigned. */
function longAt(kernel: Kernel, address: bigint): number {
  return Number(BigInt.asIntN(64, kernel.memory.u64(address)));
}

/** percpu_counter_sum_positive(): the count, and what each CPU has not yet added to it. */
function socketsIn(kernel: Kernel, { count, counters }: Ref<'percpu_counter'>): number {
  const parts = counters ? kernel.possibleCpus().map((cpu) => kernel.perCpu(counters, cpu)) : [];
  return Math.max(0, Number(count) + parts.reduce((sum, part) => sum + part, 0));
}

/** __sk_mem_raise_allocated() refuses above sk_prot_mem_limits(sk, 2). Both numbers were read: certain. */
function overLimit({ name, address, pages, limit }: Usage): Finding[] {
  if (pages === null || limit === null || pages <= limit) return [];
  return [
    {
      id: 'protocols.over-limit',
      weight: 40,
      certainty: 'certain',
      moment: 'dump',
      subject: { kind: 'other', name },
      sentence: `${name} is over the limit of its memory: its sockets get no more, and what arrives for them is dropped.`,
      evidence: [`proto.memory_allocated ${pages} pages > sysctl_mem[2] ${limit} pages`],
      facts: {
        'protocol.memory': { value: pages, unit: 'pages', source: 'proto.memory_allocated' },
        'protocol.limit': { value: limit, unit: 'pages', source: 'proto.sysctl_mem[2]' },
      },
      doors: [{ type: 'struct proto', address }],
      views: ['protocols'],
    },
  ];
}
