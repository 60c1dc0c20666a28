import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { exitsOf, manPage } from '../../scripts/man-page.js';
import { bundledHelp } from '../../src/cli/commands.js';
import { exitStatus, exitStatusInWords } from '../../src/cli/exit-status.js';
import { manText } from '../../src/cli/man-text.js';
import { version } from '../../src/app/package-facts.js';
import { keyHelp } from '../../src/tui/state/keys.js';
import { build, oompm, projectRoot } from '../built.js';

beforeAll(build);

const path = join(projectRoot, 'docs/oompm.1');
const page = readFileSync(path, 'utf8');
const text = manText(page);
const commands = await bundledHelp();
const have = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

test('docs/oompm.1 is what node scripts/man-page.js writes', () => {
  expect(page).toBe(manPage({ commands, keys: keyHelp, exits: exitsOf(exitStatus, exitStatusInWords), version }));
});

describe('the manual page has', () => {
  test.each(Object.entries(commands).filter(([, { hidden }]) => !hidden))('%s and its flags', (word, { flags }) => {
    expect(text).toMatch(new RegExp(`^ {7}${word}(?: |$)`, 'm'));
    for (const name of Object.keys(flags))
      expect(text).toMatch(new RegExp(`^ +(?:-\\w, )?--(?:\\[no-\\])?${name}(?: |$)`, 'm'));
  });

  test('every key of the screens', () => {
    for (const [key] of keyHelp) expect(text).toContain(`\n       ${key}`);
  });

  test('every exit status', () => {
    for (const status of Object.values(exitStatus)) expect(text).toMatch(new RegExp(`^ {7}${status} `, 'm'));
  });

  test('every variable that the sources read', () => {
    const sources = readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => readFileSync(join(projectRoot, 'src', file), 'utf8'));
    const named = sources
      .flatMap((source) => [
        ...[...source.matchAll(/process\.env\['(\w+)'\]/g)].map(([, name]) => name!),
        ...[...source.matchAll(/\{([^{}]*)\} = process\.env/g)].flatMap(
          ([, names]) => names!.match(/\b[A-Z_]+\b/g) ?? [],
        ),
      ])
      .filter((name) => name !== 'NODE_ENV');
    expect(named).toEqual(expect.arrayContaining(['NO_COLOR', 'DEBUGINFOD_CACHE_PATH', 'XDG_CACHE_HOME']));
    for (const name of named) expect(text).toMatch(new RegExp(`^ {7}${name}(?: |$)`, 'm'));
  });
});

test.skipIf(!have('groff'))('groff has nothing to warn of', () => {
  const { status, stderr } = spawnSync('groff', ['-man', '-ww', '-Tutf8', path], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test.skipIf(spawnSync('mandoc', ['-Tlint', '/dev/null']).error !== undefined)('mandoc has nothing to warn of', () => {
  expect(spawnSync('mandoc', ['-Tlint', path], { encoding: 'utf8' }).stdout).toBe('');
});

describe('oompm man', () => {
  test('in a pipe: plain text', async () => {
    const { code, stdout, stderr } = await oompm(['man']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(text);
    expect(stdout).not.toMatch(/\\f[BIR]|\\\[u|^\.[A-Z]/m);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('a tag is one line of the page, and a long one stands alone', () => {
    expect(text).toMatch(
      /^ +-l, --level emerg\|alert\|crit\|err\|warn\|notice\|info\|debug\n +Only messages as severe as this, or more\.$/m,
    );
    expect(text).toMatch(/^ +explain LOG\|- \[--event N\], explain VMCORE \[VMLINUX\] \[--event N\]$/m);
    // A short one shares its text's line.
    expect(text).toMatch(/^ +0 {6}\S/m);
  });

  // Its own words, but for the lines at head and foot.
  test.skipIf(!have('man'))('says what man says', () => {
    const { stdout } = spawnSync('man', ['--no-hyphenation', '--no-justification', '-P', 'cat', path], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
    });
    const words = (lines: string): string[] =>
      lines
        .split('\n')
        .slice(1)
        .join('\n')
        .split(/\s+/)
        .filter((word) => word !== '');
    const said = words(stdout.trimEnd().split('\n').slice(0, -1).join('\n'));
    expect(said.length).toBeGreaterThan(1000);
    expect(words(text)).toEqual(said);
  });
});
