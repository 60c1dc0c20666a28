import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, projectRoot } from '../built.js';
import { dumpFile } from '../dumps.js';

beforeAll(build);

const dump = dumpFile('6.1-global-panic/vmcore')!;
const hasTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

describe.skipIf(!hasTerminal)(
  `on a terminal${hasTerminal ? '' : ' (skipped: there is no script of util-linux)'}`,
  () => {
    const shown = (term: string): string =>
      spawnSync(
        'script',
        ['-qec', `"${process.execPath}" "${join(projectRoot, 'bin/oompm.js')}" info "${dump}"`, '/dev/null'],
        {
          encoding: 'utf8',
          env: {
            PATH: process.env['PATH'] ?? '',
            HOME: join(projectRoot, '.tmp/home'),
            TERM: term,
            PAGER: 'sed s/^/paged:/',
          },
        },
      ).stdout;

    test('a pager shows text', () => {
      expect(shown('xterm')).toMatch(/^.*paged:.*oompm /m);
    });

    test('none does where TERM is dumb, and no escape sequence is written', () => {
      const text = shown('dumb');
      expect(text).toMatch(/^oompm .* x86_64/);
      expect(text).not.toContain('paged:');
      expect(text).not.toContain('\u001B');
    });
  },
);
