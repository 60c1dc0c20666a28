import { array, assert, integer, nat, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRemark, logRecordsByVmcoreinfo, type LogEntry } from 'oompm/linux';

import { Implausible, isGapError } from '../../src/kernel/gaps.js';
import { flatMemory } from './flat-memory.js';
import { toyRing } from './toy-ring.js';

const read = (ring: Pick<ReturnType<typeof toyRing>, 'memory' | 'vmcoreinfo'>): LogEntry[] => [
  ...logRecordsByVmcoreinfo(ring.memory, ring.vmcoreinfo),
];
const texts = (entries: readonly LogEntry[]): string[] =>
  entries.map((entry) => (isRemark(entry) ? `# ${entry.remark}` : entry.text));

/** Each number that VMCOREINFO has of a log made another: an answer, or one error of the gap kind. */
function endsInOrder({ memory, vmcoreinfo }: Pick<ReturnType<typeof toyRing>, 'memory' | 'vmcoreinfo'>): void {
  const keys: string[] = [];
  read({ memory, vmcoreinfo: (key) => (keys.push(key), vmcoreinfo(key)) });
  const numbers = new Set(keys.filter((key) => /^(?:OFFSET|SIZE)/.test(key) && vmcoreinfo(key) !== undefined));
  expect(numbers.size).toBeGreaterThan(4);
  for (const wrong of numbers)
    for (const value of ['0', '1', '7', '23', '99', '4096', '65535', '999999999']) {
      try {
        const entries = read({ memory, vmcoreinfo: (key) => (key === wrong ? value : vmcoreinfo(key)) });
        expect(entries.length).toBeLessThan(64);
      } catch (error) {
        if (!isGapError(error)) throw error;
      }
    }
}

describe('the ring buffer since 5.10', () => {
  test.each([
    ['7.x: a block may end exactly at the end', true],
    ['before: such a block is wrapped', false],
  ])('%s; what is held is read, whatever was written before', (_, perfectFit) => {
    assert(
      property(array(integer({ min: 0, max: 110 }), { minLength: 1, maxLength: 120 }), (lengths) => {
        const ring = toyRing({ perfectFit });
        for (const [i, length] of lengths.entries())
          ring.write({ text: String.fromCharCode(97 + (i % 26)).repeat(length) });
        const held = ring.held();
        const found = read(ring);
        expect(found.flatMap((entry) => (isRemark(entry) ? [] : [[entry.sequence, entry.text]]))).toEqual(
          held.map(({ sequence, text }) => [sequence, text]),
        );
        const overwritten = held[0]!.sequence;
        const remark =
          overwritten === 1
            ? '1 record before these: overwritten by newer ones'
            : `${overwritten} records before these: overwritten by newer ones`;
        expect(found.filter(isRemark)).toEqual(overwritten === 0 ? [] : [{ remark }]);
      }),
      { numRuns: 300 },
    );
  });

  test('a block that ends exactly at the end of the ring is read where it stands', () => {
    const ring = toyRing();
    for (const letter of ['a', 'b', 'c', 'd']) ring.write({ text: letter.repeat(56) }); // four blocks of 64 bytes
    expect(texts(read(ring))).toEqual(['a', 'b', 'c', 'd'].map((letter) => letter.repeat(56)));
  });

  test('level, facility, caller, time, continuation', () => {
    const ring = toyRing();
    ring.write({ text: 'one\ntwo', level: 3, facility: 0, caller: 42, timeNs: 1_234_567_890 });
    ring.write({ text: 'more', level: 7, facility: 3, caller: 0x8000_0002, flags: 8 });
    expect(read(ring)).toEqual([
      { sequence: 0, timeNs: 1_234_567_890, level: 3, facility: 0, caller: 'T42', text: 'one\ntwo' },
      { sequence: 1, timeNs: 1000, level: 7, facility: 3, caller: 'C2', text: 'more', continued: true },
    ]);
  });

  test('reserved, never committed; committed; text longer than its block; an empty line; no room', () => {
    const ring = toyRing();
    ring.write({ text: 'first' });
    ring.write({ text: 'unfinished' }, 0n);
    ring.write({ text: 'unfinished too' }, 0n);
    ring.write({ text: 'committed' }, 1n);
    ring.write({ text: 'cut', textLength: 500 });
    ring.write({ text: '' });
    ring.write({ text: '' });
    ring.view.setBigUint64(ring.descriptorOf(6) + 8, 1n, true); // FAILED_LPOS
    const found = texts(read(ring));
    expect(found.map((text) => text.replaceAll('\0', ''))).toEqual([
      'first',
      '# 2 records reserved but never committed',
      'committed',
      'cut',
      '',
      '# 1 record lost: the ring had no room for it',
    ]);
  });

  test('an info that is of another record, or of none, is damaged: none of it is believed', () => {
    const ring = toyRing();
    ring.write({ text: 'a' });
    ring.write({ text: 'b', sequence: 9 });
    ring.write({ text: 'c', sequence: 0 });
    ring.write({ text: 'd', sequence: 3 });
    expect(read(ring).map((entry) => (isRemark(entry) ? entry : [entry.sequence, entry.text]))).toEqual([
      [0, 'a'],
      { remark: '2 records damaged: its sequence number is not that of its place', unread: true },
      [3, 'd'],
    ]);
  });

  test.each([
    ['62', 62],
    ['32', 32],
  ])('IDs that begin at -count of %s bits: records are counted from 0', (_, idBits) => {
    const ring = toyRing({ idBits });
    for (let i = 0; i < 40; i++) ring.write({ text: `${i}` });
    expect(texts(read(ring)).slice(0, 2)).toEqual(
      ['24 records before these: overwritten by newer ones', '24'].map((text, i) => (i === 0 ? `# ${text}` : text)),
    );
  });

  test('text that is not in the dump, and a block that belongs to another record: neither is what a kernel leaves', () => {
    const ring = toyRing();
    ring.write({ text: 'a' });
    ring.write({ text: 'b' });
    ring.write({ text: 'c' });
    ring.memory.lose(ring.address(ring.data), 16);
    ring.view.setBigUint64(ring.data + 16, 99n, true);
    expect(texts(read(ring))).toEqual([
      "# 1 record can't be read: page excluded from the dump",
      "# 1 record damaged: its text has another record's ID",
      'c',
    ]);
    expect(
      read(ring)
        .filter(isRemark)
        .map(({ unread }) => unread),
    ).toEqual([true, true]);
  });

  test('a descriptor that was overwritten is damaged; one that is just being taken has its former ID, or on the first lap none', () => {
    const ring = toyRing();
    for (let i = 0; i < 3; i++) ring.write({ text: `${i}` });
    ring.view.setBigUint64(ring.descriptorOf(1), 0n, true);
    expect(texts(read(ring))).toEqual(['0', '# 1 record damaged: its descriptor has another ID', '2']);
    ring.view.setBigUint64(ring.descriptorOf(1), 77n, true);
    expect(texts(read(ring))).toEqual(['0', '# 1 record damaged: its descriptor has another ID', '2']);

    const first = toyRing();
    first.write({ text: 'a' });
    first.reserve();
    expect(read(first).at(-1)).toEqual({ remark: '1 record reserved but never committed' });
    const later = toyRing();
    for (let i = 0; i < 20; i++) later.write({ text: '' });
    later.reserve();
    expect(read(later).at(-1)).toEqual({ remark: '1 record reserved but never committed' });
  });

  test('text that ends in zeros was lost there; a zero or two are the text of a record', () => {
    const ring = toyRing();
    ring.write({ text: `begun${'\0'.repeat(12)}` });
    ring.write({ text: 'odd\0\0' });
    expect(read(ring).map((entry) => (isRemark(entry) ? entry : entry.text))).toEqual([
      'begun',
      { remark: '1 record damaged: the last 12 bytes of its text are zeros', unread: true },
      'odd\0\0',
    ]);
  });

  test('descriptors that are not in the dump cost one remark', () => {
    const ring = toyRing();
    ring.write({ text: 'a' });
    ring.write({ text: 'b' });
    ring.memory.lose(ring.address(ring.infos), 1);
    expect(texts(read(ring))).toContainEqual(expect.stringMatching(/^# \d+ records can't be read: page/));
  });

  test('nonsense ends as an answer or as one error of the gap kind', () => {
    assert(
      property(array(tuple(nat(2300), nat(255)), { minLength: 1, maxLength: 12 }), (flips) => {
        const ring = toyRing();
        for (let i = 0; i < 30; i++) ring.write({ text: `line ${i}` });
        for (const [at, value] of flips) if (at < ring.view.byteLength) ring.view.setUint8(at, value);
        try {
          expect(read(ring).length).toBeLessThan(64);
        } catch (error) {
          if (!isGapError(error)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  test('whatever VMCOREINFO states of it', () => {
    const ring = toyRing();
    for (let i = 0; i < 30; i++) ring.write({ text: `line ${i}` });
    endsInOrder(ring);
  });

  test('without `prb` and without a log buffer it says what is missing', () => {
    const ring = toyRing();
    expect(() => read({ memory: ring.memory, vmcoreinfo: () => undefined })).toThrow(
      "neither VMCOREINFO nor the kernel's types have `log_buf`",
    );
  });
});

describe('the record buffer before 5.10', () => {
  const BASE = 0xffff_ffff_8200_0000n;
  const VMCOREINFO: Readonly<Record<string, string>> = {
    'SYMBOL(log_buf)': BASE.toString(16),
    'SYMBOL(log_buf_len)': (BASE + 8n).toString(16),
    'SYMBOL(log_first_idx)': (BASE + 12n).toString(16),
    'SYMBOL(log_next_idx)': (BASE + 16n).toString(16),
    'SYMBOL(log_first_seq)': (BASE + 24n).toString(16),
    'SIZE(printk_log)': '16',
    'OFFSET(printk_log.ts_nsec)': '0',
    'OFFSET(printk_log.len)': '8',
    'OFFSET(printk_log.text_len)': '10',
    'OFFSET(printk_log.dict_len)': '12',
  };

  /** Records one after the other from `first` on, in a buffer of 256 bytes; one that does not fit goes to the start. */
  function buffer(first: number, lines: readonly string[]) {
    const bytes = new Uint8Array(64 + 256);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BASE + 64n, true);
    view.setUint32(8, 256, true);
    view.setUint32(12, first, true);
    view.setBigUint64(24, 1000n, true);
    let at = first;
    for (const [i, line] of lines.entries()) {
      const length = (16 + line.length + 7) & ~7;
      if (at + length + 16 > 256) at = 0; // room for the mark is kept: a header whose length is 0
      view.setBigUint64(64 + at, BigInt(i) * 1_000_000n, true);
      view.setUint16(64 + at + 8, length, true);
      view.setUint16(64 + at + 10, line.length, true);
      view.setUint8(64 + at + 14, 1);
      view.setUint8(64 + at + 15, (4 << 5) | 6);
      bytes.set(Buffer.from(line), 64 + at + 16);
      at += length;
    }
    view.setUint32(16, at, true);
    return { memory: flatMemory(BASE, bytes), view, vmcoreinfo: (key: string) => VMCOREINFO[key] };
  }

  test('records, and a length of 0 that leads to the start', () => {
    const entries = read(buffer(160, ['before the end', 'after it', 'the last']));
    expect(texts(entries)).toEqual(['before the end', 'after it', 'the last']);
    expect(entries[1]).toEqual({ sequence: 1001, timeNs: 1_000_000, level: 4, facility: 1, text: 'after it' });
  });

  test('an empty buffer', () => {
    expect(read(buffer(40, []))).toEqual([]);
  });

  test('a record whose length leads out of the buffer, or to itself', () => {
    const outside = buffer(0, ['good', 'bad']);
    outside.view.setUint16(64 + 24 + 8, 4000, true);
    expect(texts(read(outside))).toEqual(['good', '# the log breaks off: a record of 4000 bytes']);
    const nowhere = buffer(0, ['good', 'bad']);
    nowhere.view.setUint16(64 + 8, 0, true);
    expect(texts(read(nowhere))).toEqual(['# the log breaks off: a record of 0 bytes']);
  });

  test('whatever VMCOREINFO states of it', () => endsInOrder(buffer(0, ['good', 'better'])));

  test('indices outside the buffer are refused', () => {
    const { memory, view, vmcoreinfo } = buffer(0, ['good']);
    view.setUint32(16, 1 << 30, true);
    expect(() => read({ memory, vmcoreinfo })).toThrow(Implausible);
  });
});
