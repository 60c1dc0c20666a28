import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { build, projectRoot } from '../built.js';

beforeAll(build);

test('the test in docs/plugins.md passes, copied word for word beside its plugin', async () => {
  const [, behind = ''] = readFileSync(join(projectRoot, 'docs/plugins.md'), 'utf8').split('\n## Tests\n');
  const [, code = ''] = /```ts\n([^]*?)```/.exec(behind) ?? [];
  expect(code).toContain("from './protocols.js'");
  const folder = mkdtempSync(join(tmpdir(), 'oompm-in-docs-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(projectRoot, join(folder, 'node_modules/oompm'));
  copyFileSync(join(projectRoot, 'examples/protocols.ts'), join(folder, 'protocols.ts'));
  const run = (name: string, text: string): Promise<unknown> => {
    writeFileSync(join(folder, name), text);
    return promisify(execFile)(join(projectRoot, 'node_modules/.bin/jiti'), [name], { cwd: folder });
  };
  await run('protocols.test.ts', code);
  // Its nearest neighbour fails.
  await expect(run('other.test.ts', code.replace('201n', '202n'))).rejects.toThrow(/deep/);
}, 60_000);
