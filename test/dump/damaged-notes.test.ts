import { x86_64 } from '../../src/arch/x86_64/x86_64.js';
import { describe, expect, test } from 'vitest';

import { memoryReader } from '../../src/bytes/file-reader.js';
import { readNotes } from '../../src/dump/note-reader.js';
import { openDumpFiles } from '../../src/dump/open-dump.js';
import { buildKdump } from '../../src/testing/build-kdump.js';
import { buildNotes, note } from '../../src/testing/build-notes.js';

const open = (bytes: Uint8Array) => openDumpFiles([{ path: 'a dump', ...memoryReader(bytes), close: () => undefined }]);
const cpus = [
  { pid: 1, ip: 0x1000n, sp: 0x10n },
  { pid: 2, ip: 0x1000n, sp: 0x20n },
];
const NOTE_BYTES = buildNotes({ cpus: [cpus[0]!] }).length;

/** QEMUCPUState: rsp is the seventh register, rip the seventeenth; the GS base is the pid here. */
function qemuNote({ pid, ip, sp }: (typeof cpus)[number]): Uint8Array {
  const state = Buffer.alloc(440);
  state.writeBigUInt64LE(sp, 8 + 6 * 8);
  state.writeBigUInt64LE(ip, 8 + 16 * 8);
  state.writeBigUInt64LE(BigInt(pid), 8 + 18 * 8 + 4 * 24 + 16);
  return note('QEMU', 0, state);
}

describe('register notes', () => {
  const ofQemu = () => Buffer.concat([buildNotes({ cpus }), ...cpus.map(qemuNote)]);
  const told = (bytes: Uint8Array, stated?: number) => {
    const { registers, fromHypervisor, damaged } = readNotes(bytes, x86_64.notes, stated);
    return { cpus: registers.map(({ pid, control }) => [pid, control?.gsBase]), fromHypervisor, damaged };
  };
  const damage = (at: number, ...values: number[]) => {
    const bytes = ofQemu();
    bytes.set(values, at);
    return bytes;
  };

  test('whole, and padded with zeros', () => {
    const whole = {
      cpus: [
        [1, 1n],
        [2, 2n],
      ],
      fromHypervisor: true,
      damaged: false,
    };
    expect(told(ofQemu())).toEqual(whole);
    expect(told(Buffer.concat([ofQemu(), Buffer.alloc(100)]))).toEqual(whole);
    expect(told(new Uint8Array(0))).toEqual({ cpus: [], fromHypervisor: false, damaged: false });
  });

  test('one of another type: the others keep their own control registers', () => {
    expect(told(damage(8, 0x34))).toEqual({ cpus: [[2, 2n]], fromHypervisor: true, damaged: true });
    expect(told(damage(NOTE_BYTES + 8, 0x34))).toEqual({ cpus: [[1, 1n]], fromHypervisor: true, damaged: true });
    const kdump = buildNotes({ cpus });
    kdump.set([0x34], 8);
    expect(told(kdump)).toEqual({ cpus: [[2, undefined]], fromHypervisor: false, damaged: true });
  });

  test('one of QEMU’s own lost: no other CPU’s stands in for it', () => {
    const first = Buffer.concat([buildNotes({ cpus }), qemuNote(cpus[1]!)]);
    expect(told(first)).toEqual({
      cpus: [
        [1, undefined],
        [2, 2n],
      ],
      fromHypervisor: true,
      damaged: true,
    });
  });

  test('registers that are all zero are none', () => {
    expect(told(damage(20, ...new Uint8Array(336)))).toEqual({ cpus: [[2, 2n]], fromHypervisor: true, damaged: true });
  });

  test.each([
    ['a header of nonsense', damage(0, 0xff, 0xff, 0xff, 0xff), undefined],
    ['all zeros', new Uint8Array(500), undefined],
    ['outside the file', new Uint8Array(0), 500],
  ])('%s: all are lost', (_, bytes, stated) => {
    expect(told(bytes, stated)).toEqual({ cpus: [], fromHypervisor: false, damaged: true });
  });

  test('a dump says so', async () => {
    const kdump = Buffer.from(buildKdump({ pages: new Map(), cpus }));
    expect(await open(kdump)).toMatchObject({ registers: [{}, {}], defects: [] });
    const at = Number(kdump.readBigUInt64LE(4096 + 48));
    const some = Buffer.from(kdump);
    some.set([0x34], at + 8);
    expect(await open(some)).toMatchObject({
      registers: [{ pid: 2 }],
      damagedNotes: true,
      defects: ["Some of its register notes can't be read: the file has something else where they should be."],
    });
    const all = Buffer.from(kdump).fill(0, at, at + 2 * NOTE_BYTES);
    expect(await open(all)).toMatchObject({
      registers: [],
      damagedNotes: true,
      defects: ["Its register notes can't be read: the file has something else where they should be."],
    });
  });
});

describe('VMCOREINFO', () => {
  const text = 'OSRELEASE=6.1.0-toy\nPAGESIZE=4096\n';
  const defects = ["Its VMCOREINFO can't be read: the file has something else where it should be."];

  test('zeros where the header states it: a defect; none stated: none', async () => {
    const kdump = Buffer.from(buildKdump({ pages: new Map(), vmcoreinfo: text }));
    const whole = await open(kdump);
    expect([whole.vmcoreinfo, whole.defects]).toEqual([text, []]);
    const [at, size] = [kdump.readBigUInt64LE(4096 + 32), kdump.readBigUInt64LE(4096 + 40)].map(Number) as [
      number,
      number,
    ];
    const zeros = await open(Buffer.from(kdump).fill(0, at, at + size));
    // The same text is in a note.
    expect([zeros.vmcoreinfo, zeros.damagedVmcoreinfo, zeros.defects]).toEqual([text, true, defects]);
    const outside = Buffer.from(kdump);
    outside.writeBigUInt64LE(1n << 63n, 4096 + 32);
    expect(await open(outside)).toMatchObject({ damagedVmcoreinfo: true, defects });
    const without = await open(buildKdump({ pages: new Map() }));
    expect([without.vmcoreinfo, without.damagedVmcoreinfo, without.defects]).toEqual([undefined, undefined, []]);
  });

  test('a note of zeros is none, and another that can be read holds', () => {
    const zeros = note('VMCOREINFO', 0, new Uint8Array(64));
    expect(readNotes(zeros, x86_64.notes)).toMatchObject({ damagedVmcoreinfo: true, damaged: false });
    expect(readNotes(zeros, x86_64.notes).vmcoreinfo).toBeUndefined();
    expect(readNotes(Buffer.concat([zeros, note('VMCOREINFO', 0, Buffer.from(text))]), x86_64.notes)).toMatchObject({
      vmcoreinfo: text,
    });
  });
});

test('notes and VMCOREINFO that a kdump header puts nowhere are lost, and told as that', async () => {
  const vmcoreinfo = 'OSRELEASE=6.1.0-toy\nPAGESIZE=4096\nSYMBOL(_stext)=ffffffff81000000\n';
  const kdump = Buffer.from(buildKdump({ pages: new Map(), cpus, vmcoreinfo }));
  expect(await open(kdump)).toMatchObject({ registers: [{}, {}], vmcoreinfo, defects: [] });
  // struct kdump_sub_header: offset_note, and offset_vmcoreinfo, of which the notes have a copy.
  const noNotes = Buffer.from(kdump).fill(0, 4096 + 48, 4096 + 56);
  expect(await open(noNotes)).toMatchObject({
    registers: [],
    vmcoreinfo,
    damagedNotes: true,
    defects: ["Its register notes can't be read: the file has something else where they should be."],
  });
  const noVmcoreinfo = Buffer.from(kdump).fill(0, 4096 + 32, 4096 + 40);
  expect(await open(noVmcoreinfo)).toMatchObject({
    registers: [{}, {}],
    vmcoreinfo,
    damagedVmcoreinfo: true,
    defects: ["Its VMCOREINFO can't be read: the file has something else where it should be."],
  });
});
