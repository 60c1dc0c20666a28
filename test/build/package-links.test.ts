import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { build, projectRoot } from '../built.js';

beforeAll(build);

test('every link in a text of the package leads to something in the package', { timeout: 60_000 }, () => {
  const told = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: projectRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(told) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  const leadsTo = (target: string): boolean => paths.some((path) => path === target || path.startsWith(`${target}/`));
  const texts = paths.filter((path) => path.endsWith('.md'));
  expect(texts).toContain('README.md');
  const dead = texts.flatMap((text) =>
    Array.from(
      readFileSync(join(projectRoot, text), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g),
      ([, link]) => ({
        text,
        link: link!,
      }),
    ).filter(({ link }) => !leadsTo(posix.join(posix.dirname(text), link).replace(/\/$/, ''))),
  );
  expect(dead).toEqual([]);
});
