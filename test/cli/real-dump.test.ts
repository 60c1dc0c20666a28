import { readFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, oompm, startOompm } from '../built.js';
import { dumpFile, lacks, titleFor } from '../dumps.js';

const scratch = mkdtempSync(join(tmpdir(), 'oompm-real-'));
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(
  JSON.parse(readFileSync(new URL('../../docs/report-schema.json', import.meta.url), 'utf8')) as object,
);

const needed = ['7.2-global-panic/vmcore', 'vmlinux-7.2', 'vmlinux-6.12'];

describe.skipIf(lacks(...needed))(titleFor('on real dumps', ...needed), () => {
  const dump = dumpFile('7.2-global-panic/vmcore')!;
  const vmlinux = dumpFile('vmlinux-7.2')!;
  beforeAll(build);

  test('info says what the dump is and where names and types come from', async () => {
    const { code, stdout, stderr } = await oompm(['info', dump]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Release +7\.2\.13-lab$/m);
    expect(stdout).toMatch(/^Symbols +kallsyms in the dump/m);
    expect(stdout).toMatch(/^Types +BTF in the dump/m);
  });

  test('the vmlinux may stand before or after the dump', async () => {
    const [after, before] = await Promise.all([oompm(['info', dump, vmlinux]), oompm(['info', vmlinux, dump])]);
    expect(after.stdout).toMatch(/^Symbols +vmlinux/m);
    expect(before).toEqual(after);
  });

  test('a vmlinux of another build is refused with both ids', async () => {
    const { code, stdout, stderr } = await oompm(['info', dump, dumpFile('vmlinux-6.12')!]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.match(/[0-9a-f]{40}/g)).toHaveLength(2);
  });

  test('a dump cut in half is a sentence or a report, never a stack trace', async () => {
    const half = join(scratch, 'half');
    const whole = readFileSync(dump);
    writeFileSync(half, whole.subarray(0, whole.length / 2));
    const { code, stderr } = await oompm(['info', half]);
    expect([2, 4]).toContain(code);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('the name of the output file gives the format; every report is as the schema says', async () => {
    const json = join(scratch, 'report.json');
    expect(await oompm(['analyze', dump, '-o', json])).toEqual({ code: 0, stdout: '', stderr: '' });
    validate(JSON.parse(readFileSync(json, 'utf8')));
    expect(validate.errors ?? []).toEqual([]);
    const html = join(scratch, 'report.html');
    await oompm(['info', dump, '-o', html]);
    expect(readFileSync(html, 'utf8')).toMatch(/^<!DOCTYPE html>/);
  });

  test('read shows memory as words and as an object', async () => {
    const words = await oompm(['read', dump, 'linux_banner', '-n', '16']);
    expect(words.stdout).toContain('Linux version 7.');
    const object = await oompm(['rd', dump, 'init_task', '--type', 'task_struct']);
    expect(object.stdout).toMatch(/^char comm\[16\] +\d+ +"swapper\/0"$/m);
    const nothing = await oompm(['read', dump, 'no_such_symbol']);
    expect(nothing).toEqual({
      code: 2,
      stdout: '',
      stderr: 'oompm: read: no_such_symbol is neither an address in hexadecimal nor a symbol of this kernel\n',
    });
  });

  test('a per-CPU variable is asked for with its CPU, as runqueues:1', async () => {
    const both = await oompm(['sym', dump, 'runqueues']);
    const [address] = /(?<=^On CPU 1 +)0x\w+/m.exec(both.stdout)!;
    expect((await oompm(['read', dump, 'runqueues:1+8'])).stdout).toContain(
      `\n0x${(BigInt(address) + 8n).toString(16)}\n`,
    );
    expect((await oompm(['struct', dump, 'rq', 'runqueues:1'])).stdout).toMatch(/^int cpu +\d+ +1$/m);
    const stderr = async (where: string): Promise<string> => (await oompm(['read', dump, where])).stderr;
    expect(await stderr('runqueues')).toBe(
      'oompm: read: runqueues is a per-CPU variable: say whose, as in runqueues:0\n',
    );
    expect(await stderr('runqueues:7')).toBe(
      'oompm: read: runqueues:7: this machine has no CPU 7, but 2, from 0 to 1\n',
    );
    expect(await stderr('jiffies:0')).toBe('oompm: read: jiffies is one variable for all CPUs: leave out :0\n');
  });

  test('struct shows how a type lies in memory; sym what an address lies in', async () => {
    const layout = await oompm(['struct', dump, 'zone']);
    expect(layout.stdout).toMatch(/^struct zone, \d+ bytes\n/m);
    expect(layout.stdout).toMatch(/^long unsigned int watermark_boost +32 +8 +-$/m);
    expect((await oompm(['struct', dump, 'zone_type'])).stdout).toMatch(/^ZONE_NORMAL +1$/m);
    expect((await oompm(['struct', dump, 'nosuch'])).stderr).toBe(
      "oompm: struct: this kernel's types (BTF in the dump) have no nosuch\n",
    );
    const [address] = /0x\w+/.exec((await oompm(['sym', dump, 'init_task'])).stdout)!;
    const inside = await oompm(['sym', dump, `${address}+0x10`]);
    expect(inside.stdout).toMatch(/^Symbol +init_task\nInto it +16 bytes$/m);
  });

  test('colours only where they are asked for', async () => {
    expect((await oompm(['info', dump])).stdout).not.toContain('\u001b');
    expect((await oompm(['info', dump, '--color', 'always'])).stdout).toContain('\u001b[1m');
  });

  test('a reader that goes away is no error', async () => {
    const child = startOompm(['read', dump, '_stext', '-n', '1000000']);
    let stderr = '';
    child.stderr!.on('data', (text: Buffer) => (stderr += text.toString()));
    child.stdout!.once('data', () => child.stdout!.destroy());
    const code = await new Promise((done) => child.on('close', done));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('Ctrl-C ends at once, as a signal does: 130 in a shell', async () => {
    const child = startOompm(['read', dump, '_stext', '-n', '1000000']);
    child.stdout!.once('data', () => child.kill('SIGINT'));
    const [code, signal] = await new Promise<[number | null, string | null]>((done) =>
      child.on('exit', (...ended) => done(ended)),
    );
    expect([code, signal]).toEqual([null, 'SIGINT']);
  });
});
