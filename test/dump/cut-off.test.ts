import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, test } from 'vitest';

import { InputError } from '../../src/bytes/input-error.js';
import { openDump } from '../../src/dump/open-dump.js';
import { openSession } from '../../src/session/open-kernel.js';
import { buildElf } from '../../src/testing/build-elf.js';
import { flatten } from '../../src/testing/build-flattened.js';
import { buildKdump } from '../../src/testing/build-kdump.js';
import { dumpFile } from '../dumps.js';
import { figuresOf } from '../fuzz/figures.js';

/** At how many places each file is cut; by hand CUTS=100: docs/long-suites.md. */
const places = Number(process.env['CUTS'] ?? 12);
const folder = mkdtempSync(join(tmpdir(), 'oompm-cut-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fixture = fileURLToPath(new URL('../../fixtures/6.1-global-panic/vmcore', import.meta.url));
const real = [
  ['kdump, zstd', fixture],
  ['kdump, zlib', dumpFile('6.1-global-panic/vmcore.zlib')],
  ['ELF', dumpFile('6.1-global-panic/vmcore.elf')],
  ['flattened', dumpFile('6.1-global-panic/vmcore.flat')],
] as const;

describe.each(real)('%s: a real dump', (name, whole) => {
  test.skipIf(whole === undefined)('is whole', async () => {
    const dump = await openDump(whole!);
    expect([dump.completeness, dump.defects]).toEqual([{ kind: 'whole' }, []]);
    dump.close();
  });

  test.skipIf(whole === undefined)(
    `cut at ${places} places: told as cut off before all else, or refused as that`,
    { timeout: 10_000 + 3_000 * places },
    async () => {
      const { size } = statSync(whole!);
      const path = join(folder, name);
      copyFileSync(whole!, path);
      // From the end, so that the file only ever gets shorter.
      const spread = Array.from({ length: places - 1 }, (_, i) => Math.ceil((size * (i + 1)) / places));
      const figures = figuresOf(name, 'CUTS');
      for (const length of [size - 1, ...spread.toReversed(), 4200, 4000, 100, 15, 7, 1]) {
        truncateSync(path, length);
        const said = await openSession({ dump: [path] }).then(
          (session) => {
            session.close();
            return session.defects[0];
          },
          (error: unknown) => (error instanceof InputError ? error.message : error),
        );
        expect({ length, said }).toEqual({
          length,
          said: expect.stringMatching(
            new RegExp(
              `^(The file is cut off: ${length} of |${path} is cut off: ${length} of |${path} is cut off within its )`,
            ),
          ) as unknown,
        });
        expect(said).not.toContain('of another kernel');
        figures.count(String(said).startsWith('The file') ? 'told' : 'refused');
      }
      figures.tell();
    },
  );
});

describe('what the tables say', () => {
  const save = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const page = (byte: number) => new Uint8Array(4096).fill(byte);
  const pages = new Map([
    [1, page(1)],
    [2, page(2)],
    [9, page(9)],
  ]);
  const kdump = buildKdump({ pages, vmcoreinfo: 'OSRELEASE=x\n' });
  const elf = buildElf({
    segments: [
      { paddr: 0, bytes: page(1) },
      { paddr: 0x10_0000, bytes: page(2) },
    ],
  });

  test.each([
    ['kdump', kdump],
    ['ELF', elf],
    ['flattened kdump', flatten(kdump)],
    ['flattened ELF', flatten(elf)],
  ])('%s: cut at every 97th byte', async (name, whole) => {
    expect((await openDump(save(name, whole))).completeness).toEqual({ kind: 'whole' });
    for (let length = 1; length < whole.length; length += 97) {
      const path = save(name, whole.subarray(0, length));
      const said = await openDump(path).then(
        (dump) => {
          dump.close();
          return dump.defects[0];
        },
        (error: unknown) => (error instanceof InputError ? error.message : error),
      );
      expect({ length, said }).toEqual({ length, said: expect.stringMatching(/ is cut off(: | within )/) as unknown });
    }
  });

  test('how much is needed is exact once the tables are there', async () => {
    const dump = await openDump(save('exact', kdump.subarray(0, kdump.length - 5000)));
    expect(dump.completeness).toEqual({
      kind: 'cut off',
      files: [{ path: dump.path, has: kdump.length - 5000, needs: kdump.length, exact: true }],
    });
    const early = await openDump(save('early', kdump.subarray(0, 13_000)));
    expect(early.completeness).toMatchObject({ kind: 'cut off', files: [{ has: 13_000, exact: false }] });
  });

  test('of a split dump, the part that is cut is named', async () => {
    const first = buildKdump({ pages, split: { startPfn: 0, endPfn: 5 } });
    const second = buildKdump({ pages, split: { startPfn: 5, endPfn: 10 } });
    const paths = [save('part1', first), save('part2', second.subarray(0, second.length - 1))];
    const dump = await openDump(paths);
    expect(dump.defects).toEqual([
      `${paths[1]} is cut off: ${second.length - 1} of ${second.length} bytes (99.9 %); copy it again.`,
    ]);
    expect((await openDump([paths[0]!, save('part3', second)])).completeness).toEqual({ kind: 'whole' });
  });

  test('a descriptor or segment that leads to nowhere is damage, and no sign of a cut', async () => {
    const damaged = Buffer.from(kdump);
    damaged.writeBigUInt64LE(1n << 45n, kdump.length - 3 * 4096 - 24);
    const dump = await openDump(save('damaged', damaged));
    expect([dump.completeness, dump.defects]).toEqual([
      { kind: 'whole' },
      ['1 page descriptor leads far past the end of the file: it is damaged.'],
    ]);
    const both = await openDump(save('both', damaged.subarray(0, damaged.length - 4097)));
    // The page that the damaged descriptor led to is the last of the file: it needs no more than the one before.
    expect(both.defects).toEqual([
      expect.stringMatching(`^The file is cut off: ${kdump.length - 4097} of ${kdump.length - 4096} bytes `),
      '1 page descriptor leads far past the end of the file: it is damaged.',
    ]);
  });

  test('a stream in which no record stands is damaged, not cut off', async () => {
    const stream = Buffer.from(flatten(kdump));
    const at = 4096 + 3 * (4096 + 16);
    stream.fill(0, at, at + 16);
    const dump = await openDump(save('broken', stream)).catch((error: unknown) => error);
    expect(dump instanceof InputError ? dump.message : dump).toMatch(
      `is damaged at byte ${at}: no record of the flattened format stands there`,
    );
  });
});
