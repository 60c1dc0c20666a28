import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, oompm, projectRoot } from '../built.js';

beforeAll(build);

const folder = mkdtempSync(join(tmpdir(), 'oompm-unreadable-'));
const dump = join(projectRoot, 'fixtures/6.1-global-panic/vmcore');

/** The fixture with 4 KiB of its file overwritten by noise, always the same. */
function damagedAt(block: number): string {
  const bytes = readFileSync(dump);
  for (let at = block * 4096; at < (block + 1) * 4096; at += 32)
    bytes.set(createHash('sha256').update(String(at)).digest(), at);
  const path = join(folder, `damaged-at-${block}`);
  writeFileSync(path, bytes);
  return path;
}

describe('symbols that can’t be read', () => {
  const damaged = damagedAt(1452);

  test.each(['sym', 'read'])(
    '%s of a name: it can’t be looked up, which is not to say that there is none',
    async (command) => {
      const { code, stderr } = await oompm([command, damaged, 'jiffies']);
      expect(code).toBe(4);
      expect(stderr).toMatch(
        /jiffies can't be looked up: the kernel's symbol table can't be read from the dump: .+; give an address in hexadecimal, or this kernel's vmlinux \(--vmlinux\)\n/,
      );
      expect(stderr).not.toContain('nor a symbol');
    },
  );

  test('a type that can’t be looked up for that', async () => {
    const { code, stderr } = await oompm(['struct', damaged, 'task_struct']);
    expect(code).toBe(4);
    expect(stderr).toContain(
      "task_struct can't be looked up: the kernel's types can't be read (the kernel's symbols, which say where they are, can't be read); give this kernel's vmlinux (--vmlinux), which has them too",
    );
  });

  test('a slip where they can be read stays one', async () => {
    expect(await oompm(['sym', dump, 'jiffys'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'jiffys is neither an address in hexadecimal nor a symbol of this kernel',
      ) as string,
    });
    expect(await oompm(['struct', dump, 'task_struc'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('have no task_struc') as string,
    });
  });

  test('oom says nothing of what the kernel lacks, and names no part by a path of the model', async () => {
    const { stdout } = await oompm(['oom', damaged]);
    expect(stdout).toContain(
      "slab caches: whether slabs and their objects are counted is not known: the kernel's types can't be read",
    );
    expect(stdout).not.toMatch(/this kernel (?:has no|does not)|beyond\.|event\.\w|memInfo/);
  });
});

describe('types that can’t be read', () => {
  const damaged = damagedAt(1573);
  const serves = "give this kernel's vmlinux (--vmlinux), which has them too";

  test.each(['ps', 'bt', 'locks', 'zones'])(
    '%s says so once, where they are damaged, and what serves instead',
    async (command) => {
      const { code, stdout } = await oompm([command, damaged]);
      expect(code).toBe(4);
      expect(stdout).toMatch(
        /^Note: The kernel's types \(BTF\) can't be read from the dump: .*; give this kernel's vmlinux \(--vmlinux\), which has them too\.$/m,
      );
      expect(stdout.split('\n').find((line) => line.startsWith(`${command}: not shown: `))).toMatch(
        /^\w+: not shown: the kernel's types can't be read \(.*page damaged.*\); give this kernel's vmlinux \(--vmlinux\), which has them too$/,
      );
    },
  );

  test('what needs no types is answered, and told of them by the note alone', async () => {
    const { stdout } = await oompm(['sym', damaged, 'jiffies']);
    expect(stdout).toMatch(/^Address +0xffffffff/m);
    expect(stdout.split(serves)).toHaveLength(2);
  });
});

describe('a page that does not decode', () => {
  const damaged = damagedAt(1500);
  const told =
    /1 page that this needed is damaged in the file \(at physical address 0x[0-9a-f]+: zstd: .+\); copy it again\.\n/;

  test('what needed it is answered in part, and says so first', async () => {
    const { code, stdout, stderr } = await oompm(['analyze', damaged]);
    expect(code).toBe(4);
    expect(stderr).toMatch(told);
    expect(stdout.split('\n').slice(0, 4).join('\n')).toMatch(
      new RegExp(`^Note: ${told.source.replace('\\n', '$')}`, 'm'),
    );
  });

  test('what did not need it is answered', async () => {
    expect(await oompm(['info', damaged])).toMatchObject({ code: 0, stderr: '' });
  });
});
