import { describe, expect, test } from 'vitest';
import type { Dump } from '../../src/dump/dump.js';
import { openDump } from '../../src/dump/open-dump.js';
import { parseVmcoreinfo } from '../../src/dump/vmcoreinfo.js';
import { openVmlinux } from '../../src/debuginfo/vmlinux.js';
import { releaseOf } from '../../src/session/memory-witness.js';
import { bringUp } from '../../src/session/open-kernel.js';
import { toyKernel } from '../../src/testing/index.js';
import { dumpFile, lacks, titleFor } from '../dumps.js';

describe('the release is what most say', () => {
  const types =
    'struct new_utsname { char sysname[65]; char nodename[65]; char release[65]; char version[65]; char machine[65]; char domainname[65]; }; struct uts_namespace { struct new_utsname name; };';
  const told = (says: { stated?: string; header?: string; banner?: string; uts?: string }) => {
    const kernel = toyKernel({
      types,
      variables: {
        ...(says.banner === undefined ? {} : { linux_banner: { type: 'char[64]', value: says.banner } }),
        ...(says.uts === undefined
          ? {}
          : { init_uts_ns: { type: 'struct uts_namespace', value: { name: { release: says.uts } } } }),
      },
    });
    const info = says.stated === undefined ? undefined : parseVmcoreinfo(`OSRELEASE=${says.stated}\n`);
    const dump = (says.header === undefined ? {} : { uname: { release: says.header } }) as Pick<Dump, 'uname'>;
    return releaseOf(kernel, info, dump);
  };
  const banner = 'Linux version 6.1.0 (me@here) #1';

  test.each([
    ['all agree', { stated: '6.1.0', header: '6.1.0', banner, uts: '6.1.0' }],
    ['a header says nothing', { stated: '6.1.0', header: '', banner, uts: '6.1.0' }],
    ['memory has neither', { stated: '6.1.0' }],
    ['VMCOREINFO is missing', { banner, uts: '6.1.0' }],
  ])('%s: nothing is told', (_, says) => {
    expect(told(says)).toEqual({ release: '6.1.0', defects: [] });
  });

  test.each([
    ["VMCOREINFO's OSRELEASE", { stated: '4.19.0', banner, uts: '6.1.0' }],
    ['init_uts_ns in memory', { stated: '6.1.0', banner, uts: '4.19.0' }],
    ['linux_banner in memory', { stated: '6.1.0', banner: 'Linux version 4.19.0 (x) #1', uts: '6.1.0' }],
    ["the dump's header", { stated: '6.1.0', header: '4.19.0', banner }],
  ])('%s alone says another', (who, says) => {
    const { release, defects } = told(says);
    expect(release).toBe('6.1.0');
    expect(defects).toEqual([
      expect.stringMatching(`release: ${who} says "4.19.0", .* say "6.1.0", which is used: the file is damaged`),
    ]);
  });

  test('where two differ, nobody knows', () =>
    expect(told({ stated: '6.1.0', uts: '4.19.0' })).toEqual({
      release: '6.1.0',
      defects: [expect.stringMatching(/and which of them is right is not known; the latter is used/)],
    }));

  test('a banner that is none is not taken for agreement', () =>
    expect(told({ stated: '6.1.0', banner: 'another text', uts: '6.1.0' }).defects).toEqual([
      expect.stringMatching(/linux_banner in memory says "no banner"/),
    ]));
});

describe.each(['6.1-global-panic/vmcore', '6.12-global-panic/vmcore', '7.2-global-panic/vmcore'])('%s', (name) => {
  const vmlinux = `vmlinux-${name.split('-')[0]}`;
  const opened = async (change: (text: string) => string, kernel?: string) => {
    const dump = await openDump(dumpFile(name)!);
    const file = kernel === undefined ? undefined : await openVmlinux(dumpFile(kernel)!);
    const session = await bringUp({ ...dump, vmcoreinfo: change(dump.vmcoreinfo!) }, file, {});
    session.close();
    return { defects: session.defects, buildId: session.kernel.vmcoreinfo('BUILD-ID') };
  };
  const otherId = (text: string): string => text.replace(/(?<=^BUILD-ID=).{4}/m, 'dead');
  const otherOffset = (text: string): string =>
    text.replace(/(?<=^KERNELOFFSET=)\w+/m, (offset) => (BigInt(`0x${offset}`) ^ 0x20_0000n).toString(16));

  test.skipIf(lacks(name))(titleFor('as it is, all agree', name), async () => {
    expect((await opened((text) => text)).defects).toEqual([]);
  });
  test.skipIf(lacks(name))(titleFor("another BUILD-ID: memory's own is used", name), async () => {
    const { defects, buildId } = await opened(otherId);
    expect(defects).toEqual([
      expect.stringMatching(/BUILD-ID is "dead\w+", and the kernel's own notes in memory have/),
    ]);
    expect(buildId).toMatch(/^(?!dead)[\da-f]{40}$/);
  });
  test.skipIf(lacks(name, vmlinux))(titleFor('another BUILD-ID: the vmlinux still fits', name, vmlinux), async () => {
    expect((await opened(otherId, vmlinux)).defects).toHaveLength(1);
  });
  test.skipIf(lacks(name))(titleFor('a KERNELOFFSET of another kernel, without a vmlinux', name), async () => {
    expect((await opened(otherOffset)).defects).toEqual([
      expect.stringMatching(
        /^VMCOREINFO may be damaged: by its KERNELOFFSET .* linked to 0xffffffff8[01][2e]00000, where/,
      ),
    ]);
  });
});
