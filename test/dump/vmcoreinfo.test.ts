import { expect, test } from 'vitest';

import type { PhysicalMemory } from '../../src/memory/physical-memory.js';
import { findVmcoreinfo, parseVmcoreinfo } from '../../src/dump/vmcoreinfo.js';
import { toyMemory } from '../../src/testing/toy-memory.js';

const text = [
  'OSRELEASE=6.1.0-toy',
  'PAGESIZE=4096',
  'SYMBOL(_stext)=ffffffff81000000',
  'SIZE(page)=64',
  'OFFSET(page.flags)=0',
  'LENGTH(node_data)=1024',
  'NUMBER(phys_base)=-125829120',
  'NUMBER(KERNEL_IMAGE_SIZE)=0x40000000',
  'KERNELOFFSET=13e00000',
  'CRASHTIME=1764042000',
  'nonsense',
  '',
].join('\n');

test('each kind of line in its own number format', () => {
  const info = parseVmcoreinfo(text);
  expect(info.symbol('_stext')).toBe(0xffffffff81000000n);
  expect(info.number('phys_base')).toBe(-125829120n);
  expect(info.number('KERNEL_IMAGE_SIZE')).toBe(0x40000000n);
  expect([info.size('page'), info.offset('page.flags'), info.length('node_data')]).toEqual([64, 0, 1024]);
  expect(info.kernelOffset).toBe(0x13e00000n);
  expect(info.get('CRASHTIME')).toBe('1764042000');
});

test('what is not there, or is no number, is undefined', () => {
  const info = parseVmcoreinfo(
    'SYMBOL(a)=xyz\nSIZE(b)=-1\nNUMBER(c)=\nOFFSET(d)=99999999999999999999\nSYMBOL(e)=11112222333344445555',
  );
  expect([
    info.symbol('a'),
    info.size('b'),
    info.number('c'),
    info.offset('d'),
    info.symbol('e'),
    info.symbol('f'),
    info.kernelOffset,
  ]).toEqual(Array.from({ length: 7 }, () => undefined));
});

test('found in memory at the start of a page; a page that only begins alike is passed over', () => {
  const pages = new Map([
    [3, 'OSRELEASE=copied by a shell\n'],
    [6, text],
  ]);
  expect(findVmcoreinfo(memoryOf(pages, 8))).toBe(text);
  expect(findVmcoreinfo(memoryOf(pages, 8), 4)).toBeUndefined();
  expect(findVmcoreinfo(memoryOf(new Map(), 8))).toBeUndefined();
});

/** Pages that begin with a text; the odd ones of the others are excluded. */
function memoryOf(pages: ReadonlyMap<number, string>, count: number): PhysicalMemory {
  const memory = toyMemory();
  for (let pfn = 0; pfn < count; pfn++) {
    memory.write(pfn * 4096, Buffer.from(pages.get(pfn) ?? '\0', 'latin1'));
    if (!pages.has(pfn) && pfn % 2 === 1) memory.lose(pfn);
  }
  return memory;
}
