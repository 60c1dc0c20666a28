import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, oompm } from '../built.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-completion-'));
for (const name of ['mine.ts', 'mine.mjs', 'mine.txt', 'vmcore-1']) writeFileSync(join(folder, name), '');
beforeAll(async () => {
  build();
  for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(join(folder, shell), (await oompm(['completion', shell])).stdout);
}, 60_000);
const have = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** What each is offered behind the words; the last word is the one that is being typed. */
const cases: readonly (readonly [words: string[], offered: string[]])[] = [
  [['log', '--level', 'e'], ['emerg', 'err']],
  [['log', '-l', 'e'], ['emerg', 'err']],
  [['analyze', '--only', 'zo'], ['zones']],
  [['analyze', '--only', 'log,zo'], ['log,zones']],
  [['help', 'anal'], ['analyze']],
  [['completion', ''], ['bash', 'fish', 'zsh']],
  [['ps', '--plugin', 'mi'], ['mine.mjs', 'mine.ts']],
  [['ps', '--types', ''], ['btf', 'dwarf']],
  [['ps', '--color', 'a'], ['always', 'auto']],
  [['oom', '--format', 'k'], ['kernel']],
  [['ps', '-o', 'mine.t'], ['mine.ts', 'mine.txt']],
  [['ps', 'mine.tx'], ['mine.txt']],
  [['slab', '--top', ''], []],
  [['man', ''], []],
  [['bt', '--state', 'D'], ['D']],
  [['anal'], ['analyze']],
  // A dump in the place of a command.
  [['vmc'], ['vmcore-1']],
];

describe.skipIf(!have('bash'))('bash', () => {
  test.each([...cases, [['log', '--level', '=', 'e'], ['emerg', 'err']] as const])('%j', (words, offered) => {
    const script = 'source ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _oompm; printf "%s\\n" "${COMPREPLY[@]}"';
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, 'bash', 'oompm', ...words], { cwd: folder, encoding: 'utf8' });
    expect({ stderr, offered: stdout.split('\n').filter((line) => line !== '').toSorted() }).toEqual({ stderr: '', offered });
  });
});

describe.skipIf(!have('fish'))('fish', () => {
  test.each(cases)('%j', (words, offered) => {
    const { stdout } = spawnSync('fish', ['--no-config', '-c', 'source ./fish; complete -C "$argv"', 'oompm', ...words], { cwd: folder, encoding: 'utf8' });
    expect(stdout.split('\n').map((line) => line.split('\t')[0]!).filter((line) => line !== '').toSorted()).toEqual(offered);
  });
});

test.skipIf(!have('zsh'))('zsh takes the script', () => {
  expect(spawnSync('zsh', ['-f', '-c', 'autoload -U compinit; compinit -u -D; source ./zsh; print $_comps[oompm]'], { cwd: folder, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '', stdout: '_oompm\n' });
});
