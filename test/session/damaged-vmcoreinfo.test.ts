import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { implausibleFacts } from '../../src/arch/x86_64/memory/stated-facts.js';
import { parseVmcoreinfo } from '../../src/dump/vmcoreinfo.js';
import { openDump } from '../../src/dump/open-dump.js';
import { withGaps } from '../../src/kernel/gathered-gaps.js';
import { logRecords } from '../../src/linux/printk/log.js';
import { bringUp, openSession } from '../../src/session/open-kernel.js';
import { dumpFile, lacks, titleFor } from '../dumps.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-vmcoreinfo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what no kernel writes into VMCOREINFO is told', () => {
  const told = (...lines: string[]): string[] => implausibleFacts(parseVmcoreinfo(lines.join('\n')));

  test.each(['0', '13e00000', '3fe00000'])('not KERNELOFFSET=%s', (offset) =>
    expect(told('PAGESIZE=4096', `KERNELOFFSET=${offset}`)).toEqual([]),
  );
  test('nor that a line is missing', () => expect(told()).toEqual([]));
  test.each(['13e00001', 'zzz', '', '40000000', 'ffffffffffffffff', '123456789123456789'])(
    'KERNELOFFSET=%s',
    (offset) =>
      expect(told(`KERNELOFFSET=${offset}`)).toEqual([
        expect.stringMatching(/^VMCOREINFO is damaged: its KERNELOFFSET is ".*", where KASLR moves a kernel by/),
      ]),
  );
  test.each(['8192', '0', '-1', 'x'])('PAGESIZE=%s', (size) =>
    expect(told(`PAGESIZE=${size}`)).toEqual([
      `VMCOREINFO is damaged: its PAGESIZE is "${size}", where pages of these machines have 4096 bytes.`,
    ]),
  );
});

describe('a KERNELOFFSET of another kernel, with a vmlinux', () => {
  const [name, vmlinux] = ['6.1-global-panic/vmcore', 'vmlinux-6.1'];
  test.skipIf(lacks(name, vmlinux))(
    titleFor('memory tells which line is right, and the symbols are those of it', name, vmlinux),
    async () => {
      const dump = [dumpFile(name)!];
      const right = await openSession({ dump, vmlinux: dumpFile(vmlinux)! });
      const bytes = readFileSync(dump[0]!);
      const from = Buffer.from(`\nKERNELOFFSET=${right.kaslrOffset.toString(16)}\n`);
      const other = right.kaslrOffset === 0x1240_0000n ? 0x1260_0000n : 0x1240_0000n;
      const to = Buffer.from(`\nKERNELOFFSET=${other.toString(16).padStart(from.length - 15, '0')}\n`);
      for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) to.copy(bytes, at);
      const path = join(folder, 'vmcore');
      writeFileSync(path, bytes);
      const wrong = await openSession({ dump: [path], vmlinux: dumpFile(vmlinux)! });
      expect(wrong.kaslrOffset).toBe(right.kaslrOffset);
      expect(wrong.defects).toEqual([
        ...right.defects,
        expect.stringMatching(/^VMCOREINFO is damaged: its KERNELOFFSET is 0x12[46]00000, and its _stext lies 0x/),
      ]);
      expect(right.defects).toEqual([]);
      for (const session of [right, wrong]) session.close();
    },
  );
});

describe('a SYMBOL(prb) that leads elsewhere', () => {
  const name = '6.1-global-panic/vmcore';
  const opened = async (change: (address: bigint) => bigint) => {
    const dump = await openDump(dumpFile(name)!);
    const vmcoreinfo = dump.vmcoreinfo!.replace(/(?<=^SYMBOL\(prb\)=)[\da-f]+/m, (address) =>
      change(BigInt(`0x${address}`)).toString(16),
    );
    const session = await bringUp({ ...dump, vmcoreinfo }, undefined, {});
    const { result, gaps } = withGaps(session.kernel, () => [...logRecords(session.kernel)]);
    session.close();
    return { lines: result.length, gaps: gaps.map(({ what, reason }) => `${what}: ${reason}`) };
  };

  test.each([8n, -8n, 0x1000n])('off by %i: the kernel’s own symbol is taken, and it is told', async (off) => {
    const right = await opened((address) => address);
    expect(right.gaps).toEqual([]);
    expect(right.lines).toBeGreaterThan(300);
    expect(await opened((address) => address + off)).toEqual({
      lines: right.lines,
      gaps: [
        expect.stringMatching(/^SYMBOL\(prb\) of VMCOREINFO: it is 0x\w+, where no log is; the log was read from/),
      ],
    });
  });
});
