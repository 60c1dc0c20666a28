import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildWithTypes, oompm, projectRoot } from '../built.js';
import { dumpFile, testWith } from '../dumps.js';

/** A user's folder: plugins, and oompm as npm puts it there. */
const folder = mkdtempSync(join(tmpdir(), 'oompm-user-'));

beforeAll(() => {
  buildWithTypes();
  cpSync(join(projectRoot, 'examples'), folder, { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(projectRoot, join(folder, 'node_modules/oompm'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2023',
        module: 'nodenext',
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: true,
        noEmit: true,
        types: [],
        allowJs: true,
        checkJs: true,
      },
      include: ['*.ts', '*.js'],
    }),
  );
});

function compile(): string {
  return spawnSync(
    process.execPath,
    [join(projectRoot, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'],
    { cwd: folder, encoding: 'utf8' },
  ).stdout;
}

test('the examples compile as a user’s plugin would, against what is shipped', () => {
  expect(compile()).toBe('');
});

test('docs/plugins.md tells of each example', () => {
  const guide = readFileSync(join(projectRoot, 'docs/plugins.md'), 'utf8');
  const examples = readdirSync(join(projectRoot, 'examples'));
  expect(examples.length).toBeGreaterThanOrEqual(5);
  expect(examples.filter((name) => !guide.includes(`](../examples/${name})`))).toEqual([]);
});

describe('the plugin in docs/plugins.md', () => {
  const [, text = ''] = /```ts\n(.*?)```/s.exec(readFileSync(join(projectRoot, 'docs/plugins.md'), 'utf8')) ?? [];

  test('compiles, and runs', async () => {
    writeFileSync(join(folder, 'mappings.ts'), text);
    expect(compile()).toBe('');
    const { code, stdout, stderr } = await oompm(
      ['mappings', dumpFile('6.1-global-panic/vmcore')!, '--plugin', './mappings.ts', '--least', '11'],
      { cwd: folder },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ *PID +COMMAND +MAPPINGS$/m);
    expect(stdout).toMatch(/^ *49 +java +11$/m);
    expect(stdout).not.toMatch(/ 10$/m);
  });
});

test('a member that its shape does not have does not compile', () => {
  writeFileSync(
    join(folder, 'typo.ts'),
    `
    import { definePlugin, type Kernel } from 'oompm';
    const shape = { struct: 'super_block', members: { s_id: 'char[]' } } as const;
    export default definePlugin({ id: 'typo', summary: 'x', *run(kernel: Kernel) { kernel.ref(shape, 0n).s_idd; } });`,
  );
  expect(compile()).toMatch(/^typo\.ts\(4,\d+\): error TS2551: Property 's_idd' does not exist/m);
  writeFileSync(join(folder, 'typo.ts'), '');
});

describe('filesystems runs on real dumps', () => {
  for (const [name, type] of Object.entries({
    '5.10-global-panic/vmcore': 'bdev',
    '6.1-global-panic/vmcore': 'bdev',
    '6.12-global-panic/vmcore': 'pidfs',
    '7.2-global-panic/vmcore': 'nullfs',
  }))
    testWith(name, name, async () => {
      const { code, stdout, stderr } = await oompm(
        ['filesystems', dumpFile(name)!, '--plugin', './filesystems.ts', '--format', 'json', '--type', type],
        { cwd: folder },
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { sections } = JSON.parse(stdout) as {
        sections: { gaps: unknown[]; views: { rows: { cells: object }[] }[] }[];
      };
      expect(sections[0]).toMatchObject({ outcome: { kind: 'done' }, gaps: [] });
      expect(sections[0]!.views[0]!.rows.map(({ cells }) => cells)).toEqual([
        { device: type, type, blockSize: 4096, readOnly: expect.any(Boolean) as boolean, frozen: false },
      ]);
    });
});

describe('timers runs on real dumps', () => {
  const functions = {
    '5.10-lockstuck/vmcore': ['tick_sched_timer', 'watchdog_timer_fn'],
    '6.1-global-panic/vmcore': ['tick_sched_timer', 'watchdog_timer_fn'],
    '6.12-global-panic/vmcore': ['tick_nohz_handler', 'watchdog_timer_fn'],
    '7.2-reaper/vmcore': ['tick_nohz_handler', 'watchdog_timer_fn'],
  };
  for (const [name, armed] of Object.entries(functions))
    testWith(name, name, async () => {
      const { code, stdout, stderr } = await oompm(
        ['timers', dumpFile(name)!, '--plugin', './timers.ts', '--format', 'json'],
        { cwd: folder },
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { sections } = JSON.parse(stdout) as {
        sections: {
          gaps: unknown[];
          views: { rows: { cells: { cpu: number; function: string; expires: number } }[] }[];
        }[];
      };
      expect(sections[0]!.gaps).toEqual([]);
      const cells = sections[0]!.views[0]!.rows.map(({ cells: row }) => row);
      expect(new Set(cells.map((row) => row.cpu))).toEqual(new Set([0, 1]));
      expect(cells.map((row) => row.function)).toEqual(expect.arrayContaining(armed));
      // The machines were up for seconds.
      expect(cells.filter(({ expires }) => !(expires > 1e9 && expires < 1e12))).toEqual([]);
    });
});
