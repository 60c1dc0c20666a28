import { x86_64 } from '../../src/arch/x86_64/x86_64.js';
import { existsSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { readBtf } from '../../src/debuginfo/btf/read-btf.js';
import { readKallsyms } from '../../src/debuginfo/kallsyms/read-kallsyms.js';
import { mismatch } from '../../src/debuginfo/find-vmlinux.js';
import { openVmlinux } from '../../src/debuginfo/vmlinux.js';
import { openDump } from '../../src/dump/open-dump.js';
import { parseVmcoreinfo } from '../../src/dump/vmcoreinfo.js';
import { kernelFacts } from '../../src/arch/x86_64/memory/kernel-facts.js';
import { kernelSpace } from '../../src/arch/x86_64/memory/kernel-space.js';
import { dumpFile } from '../dumps.js';
import { addressesByName, unlike } from './addresses-by-name.js';

const dumps = [
  ['5.10-global-panic', '5.10'],
  ['5.10-kdump-memcg1', '5.10'],
  ['6.1-global-panic', '6.1'],
  ['6.12-global-panic', '6.12'],
  ['7.2-global-panic', '7.2'],
  ['7.2-kdump-global', '7.2'],
] as const;

describe.each(dumps)('%s with KASLR', (name, release) => {
  const path = dumpFile(`${name}/vmcore`) ?? '';
  const vmlinuxPath = dumpFile(`vmlinux-${release}`) ?? '';
  test.skipIf(!existsSync(path) || !existsSync(vmlinuxPath))(
    'its own symbols and types are those of its vmlinux',
    async () => {
      const dump = await openDump(path);
      const vmlinux = await openVmlinux(vmlinuxPath);
      try {
        const info = parseVmcoreinfo(dump.vmcoreinfo!);
        expect(mismatch(vmlinux, { buildId: info.get('BUILD-ID')! })).toBeUndefined();
        const space = kernelSpace(dump.memory, kernelFacts(info, dump.registers));
        const kallsyms = readKallsyms(space, (name) => info.symbol(name), x86_64.memory.kernelImage);
        const kaslr = info.symbol('_stext')! - vmlinux.symbols(0n)!.addressOf('_stext')!;
        expect(kaslr).not.toBe(0n);
        expect(unlike(kallsyms, addressesByName(vmlinux.symbols(kaslr)!))).toEqual([]);
        expect(kallsyms.count).toBeGreaterThan(40_000);
        const start = kallsyms.addressOf('__start_BTF')!;
        const blob = space.read(start, Number(kallsyms.addressOf('__stop_BTF')! - start));
        expect(Buffer.from(blob).equals(vmlinux.btf()!)).toBe(true);
        expect(readBtf(blob, 'BTF in the dump').struct('zone')?.members.length).toBeGreaterThan(10);
      } finally {
        vmlinux.close();
        dump.close();
      }
    },
  );
});
