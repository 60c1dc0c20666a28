import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, oompm } from '../built.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-completion-'));
for (const name of ['mine.ts', 'mine.mjs', 'mine.txt', 'vmcore-1', 'sp ace', 'sp*', 'has blank.ts'])
  writeFileSync(join(folder, name), '');
beforeAll(async () => {
  build();
  for (const shell of ['bash', 'zsh', 'fish'])
    writeFileSync(join(folder, shell), (await oompm(['completion', shell])).stdout);
}, 60_000);
const have = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** What each is offered behind the words; the last word is the one that is being typed. */
const cases: readonly (readonly [words: string[], offered: string[]])[] = [
  [
    ['log', '--level', 'e'],
    ['emerg', 'err'],
  ],
  [
    ['log', '-l', 'e'],
    ['emerg', 'err'],
  ],
  [['analyze', '--only', 'zo'], ['zones']],
  [['analyze', '--only', 'log,zo'], ['log,zones']],
  [['help', 'anal'], ['analyze']],
  [
    ['completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
  [
    ['ps', '--plugin', 'mi'],
    ['mine.mjs', 'mine.ts'],
  ],
  [
    ['ps', '--types', ''],
    ['btf', 'dwarf'],
  ],
  [
    ['ps', '--color', 'a'],
    ['always', 'auto'],
  ],
  [['oom', '--format', 'k'], ['kernel']],
  [
    ['ps', '-o', 'mine.t'],
    ['mine.ts', 'mine.txt'],
  ],
  [['ps', 'mine.tx'], ['mine.txt']],
  [['slab', '--limit', ''], []],
  [['man', ''], []],
  [['bt', '--state', 'D'], ['D']],
  [['anal'], ['analyze']],
  [['ps', '--form'], ['--format']],
  // A dump in the place of a command.
  [['vmc'], ['vmcore-1']],
];

describe.skipIf(!have('bash'))('bash', () => {
  /** Names with blanks and what else a shell makes of a word; readline quotes them as it inserts them. */
  const blanks: readonly (readonly [words: string[], offered: string[]])[] = [
    [
      ['ps', 'sp'],
      ['sp ace', 'sp*'],
    ],
    [['ps', String.raw`sp\ a`], ['sp ace']],
    [['sp'], ['sp ace', 'sp*']],
    [
      ['ps', '-o', 'sp'],
      ['sp ace', 'sp*'],
    ],
    [['ps', '--plugin', 'has'], ['has blank.ts']],
  ];
  test.each([
    ...cases,
    ...blanks,
    [
      ['log', '--level', '=', 'e'],
      ['emerg', 'err'],
    ] as const,
  ])('%j', (words, offered) => {
    const script = 'source ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _oompm; printf "%s\\n" "${COMPREPLY[@]}"';
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, 'bash', 'oompm', ...words], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect({
      stderr,
      offered: stdout
        .split('\n')
        .filter((line) => line !== '')
        .toSorted(),
    }).toEqual({ stderr: '', offered });
  });
});

describe.skipIf(!have('fish'))('fish', () => {
  test.each(cases)('%j', (words, offered) => {
    const { stdout } = spawnSync(
      'fish',
      ['--no-config', '-c', 'source ./fish; complete -C "$argv"', 'oompm', ...words],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(
      stdout
        .split('\n')
        .map((line) => line.split('\t')[0]!)
        .filter((line) => line !== '')
        .toSorted(),
    ).toEqual(offered);
  });
});

/**
 * What zsh's line editor offers at Tab: a shell of its own at a pseudo-terminal, whose compadd tells what it is given.
 */
const zshSetup = `PROMPT=
autoload -U compinit
compinit -u -D
source ./zsh
bindkey '^I' complete-word
zstyle ':completion:*' insert-tab false
compadd() {
  [[ " \${@[1,(i)(-|--)]} " == *' '-[OAD]' '* ]] && { builtin compadd "$@"; return }
  local -a offered; builtin compadd -A offered "$@"
  (($#offered)) && print -rl -- $'\n'OFFERED:$^offered
  builtin compadd "$@"
}
finish() { print -r -- "ALL-""OFFERED"; exit }
comppostfuncs=(finish)
print READY-TO-"COMPLETE"
`;
const zshAsk = `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'source ./setup.zsh'
zpty -r shell out '*READY-TO-COMPLETE*'
zpty -w -n shell "$1"$'\t'
zpty -r shell out '*ALL-OFFERED*'
print -r -- "$out"
`;

function zshOffers(line: string): string[] {
  const { stdout } = spawnSync('zsh', ['-f', '-c', zshAsk, 'zsh', line], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(stdout).toContain('ALL-OFFERED');
  return [...stdout.matchAll(/^OFFERED:(.*?)\r?$/gm)].map(([, offered]) => offered!).toSorted();
}

describe.skipIf(!have('zsh') || spawnSync('zsh', ['-f', '-c', 'zmodload zsh/zpty']).status !== 0)('zsh', () => {
  beforeAll(() => writeFileSync(join(folder, 'setup.zsh'), zshSetup));

  test.each([
    ...cases,
    [
      ['log', '--level=e'],
      ['emerg', 'err'],
    ],
    [['log', '--le'], ['--level']],
    [['ps', 'vmcore-1', '--format', 'j'], ['json']],
  ] as const)('%j', (words, offered) => {
    // The line editor replaces the last word of a list alone.
    expect(zshOffers(['oompm', ...words].join(' '))).toEqual(offered.map((one) => one.replace(/^.*,/, '')));
  });
});
