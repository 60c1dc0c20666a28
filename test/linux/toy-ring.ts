import { flatMemory } from './flat-memory.js';

const BASE = 0xffff_8880_0000_0000n;
const ID_MASK = (1n << 62n) - 1n;
const PRB = 0;
const RINGBUFFER = 64;
const DESCS = 256;
const [DESC_SIZE, INFO_SIZE] = [24, 88];

export interface ToyRecord {
  text: string;
  textLength?: number;
  level?: number;
  facility?: number;
  caller?: number;
  flags?: number;
  timeNs?: number;
  sequence?: number;
}

/**
 * The printk ring buffer with a writer that places blocks as prb_reserve() does; `perfectFit` as 7.x does, IDs from
 * -count of `idBits`.
 */
export function toyRing({ countBits = 4, sizeBits = 8, perfectFit = true, idBits = 62 } = {}) {
  const count = 2 ** countBits;
  const size = BigInt(2 ** sizeBits);
  const infos = DESCS + count * DESC_SIZE;
  const data = infos + count * INFO_SIZE;
  const bytes = new Uint8Array(data + Number(size));
  const view = new DataView(bytes.buffer);
  const memory = flatMemory(BASE, bytes);
  const live: { record: ToyRecord & { sequence: number }; begin: bigint }[] = [];
  let head = BigInt.asUintN(idBits, -BigInt(count + 1));
  let tail = head;
  let headLpos = BigInt.asUintN(64, -size);
  let nextSequence = 0;

  view.setBigUint64(PRB, BASE + BigInt(RINGBUFFER), true);
  view.setUint32(RINGBUFFER, countBits, true);
  view.setBigUint64(RINGBUFFER + 8, BASE + BigInt(DESCS), true);
  view.setBigUint64(RINGBUFFER + 16, BASE + BigInt(infos), true);
  view.setUint32(RINGBUFFER + 48, sizeBits, true);
  view.setBigUint64(RINGBUFFER + 56, BASE + BigInt(data), true);
  const slot = (id: bigint): number => Number(id & BigInt(count - 1));
  const setState = (id: bigint, state: bigint): void =>
    view.setBigUint64(DESCS + slot(id) * DESC_SIZE, (state << 62n) | id, true);
  setState(head, 3n);
  publish();

  function publish(): void {
    view.setBigUint64(RINGBUFFER + 24, head, true);
    view.setBigUint64(RINGBUFFER + 32, tail, true);
  }
  /** get_next_lpos(): a block that would cross the end of the ring is put at its start instead. */
  function place(length: number): { begin: bigint; next: bigint; at: bigint } {
    const begin = headLpos;
    const end = BigInt.asUintN(64, begin + BigInt(length));
    const wrap = (lpos: bigint): bigint => lpos / size;
    if (wrap(begin) === wrap(perfectFit ? BigInt.asUintN(64, end - 1n) : end))
      return { begin, next: end, at: begin % size };
    return { begin, next: BigInt.asUintN(64, wrap(end) * size + BigInt(length)), at: 0n };
  }
  /** @returns false where the record is too large for the ring */
  function write(record: ToyRecord, state: bigint = 2n): boolean {
    const text = Buffer.from(record.text, 'latin1');
    const length = (8 + text.length + 7) & ~7;
    if (text.length > 0 && BigInt(length) > size / 2n) return false;
    head = (head + 1n) & ID_MASK;
    // The slot's former owner is behind: the tail moves on.
    if (((head - tail) & ID_MASK) >= BigInt(count)) tail = (tail + 1n) & ID_MASK;
    while (live.length >= count) live.shift();
    const descriptor = DESCS + slot(head) * DESC_SIZE;
    let [begin, next] = [3n, 3n];
    if (text.length > 0) {
      const placed = place(length);
      while (live.some((one) => one.begin !== 3n && BigInt.asUintN(64, placed.next - one.begin) > size)) {
        setState(BigInt.asUintN(62, head - BigInt(live.length)), 3n);
        live.shift();
      }
      view.setBigUint64(data + Number(placed.at), head, true);
      bytes.set(text, data + Number(placed.at) + 8);
      headLpos = placed.next;
      ({ begin, next } = placed);
    }
    view.setBigUint64(descriptor + 8, begin, true);
    view.setBigUint64(descriptor + 16, next, true);
    setState(head, state);
    const sequence = record.sequence ?? nextSequence;
    nextSequence = sequence + 1;
    const info = infos + slot(head) * INFO_SIZE;
    view.setBigUint64(info, BigInt(sequence), true);
    view.setBigUint64(info + 8, BigInt(record.timeNs ?? sequence * 1000), true);
    view.setUint16(info + 16, record.textLength ?? text.length, true);
    view.setUint8(info + 18, record.facility ?? 0);
    view.setUint8(info + 19, ((record.level ?? 6) << 5) | (record.flags ?? 2));
    view.setUint32(info + 20, record.caller ?? 1, true);
    live.push({ record: { ...record, sequence }, begin });
    publish();
    return true;
  }
  /** desc_reserve() as far as the head: the descriptor is still its former owner's, who was given up. */
  function reserve(): void {
    const former = (head + 1n - BigInt(count)) & ID_MASK;
    head = (head + 1n) & ID_MASK;
    if (((head - tail) & ID_MASK) >= BigInt(count)) {
      tail = (tail + 1n) & ID_MASK;
      setState(former, 3n);
    }
    publish();
  }
  return {
    memory,
    write,
    reserve,
    /** The records that the ring still holds. */
    held: () => live.map(({ record }) => record),
    descriptorOf: (index: number) => DESCS + index * DESC_SIZE,
    address: (offset: number) => BASE + BigInt(offset),
    view,
    infos,
    data,
    vmcoreinfo: (key: string): string | undefined =>
      key === 'SYMBOL(prb)' ? (BASE + BigInt(PRB)).toString(16) : VMCOREINFO[key],
  };
}

const VMCOREINFO: Readonly<Record<string, string>> = {
  'OFFSET(printk_ringbuffer.desc_ring)': '0',
  'OFFSET(printk_ringbuffer.text_data_ring)': '48',
  'OFFSET(prb_desc_ring.count_bits)': '0',
  'OFFSET(prb_desc_ring.descs)': '8',
  'OFFSET(prb_desc_ring.infos)': '16',
  'OFFSET(prb_desc_ring.head_id)': '24',
  'OFFSET(prb_desc_ring.tail_id)': '32',
  'SIZE(prb_desc)': '24',
  'OFFSET(prb_desc.state_var)': '0',
  'OFFSET(prb_desc.text_blk_lpos)': '8',
  'OFFSET(prb_data_blk_lpos.begin)': '0',
  'OFFSET(prb_data_blk_lpos.next)': '8',
  'SIZE(printk_info)': '88',
  'OFFSET(printk_info.seq)': '0',
  'OFFSET(printk_info.ts_nsec)': '8',
  'OFFSET(printk_info.text_len)': '16',
  'OFFSET(printk_info.caller_id)': '20',
  'OFFSET(prb_data_ring.size_bits)': '0',
  'OFFSET(prb_data_ring.data)': '8',
};
