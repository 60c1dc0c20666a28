import { builtHelp } from './built-help.js';
import { exitStatusHelp } from './exit-status.js';
import type { HelpData } from './help-data.js';
import { description, version } from '../app/package-facts.js';
import { print } from './standard-output.js';

const examples = `EXAMPLES
  $ oompm analyze vmcore                  why it ran out of memory, or stopped
  $ oompm analyze vmcore vmlinux          with its vmlinux, in any order
  $ oompm analyze vmcore -o report.html   as HTML; .md and .json likewise
  $ oompm explain dmesg.txt               a log's OOMs and oopses; - is stdin
  $ oompm ps vmcore --tree                one question only
  $ oompm info vmcore                     what is this file?
`;

/** Help on oompm as a whole; it starts with examples. */
export async function showRootHelp(words: readonly string[]): Promise<void> {
  print(rootHelp(await summaries(words), Math.max(60, Math.min(process.stdout.columns || 80, 100))));
}

function rootHelp(commands: readonly Summary[], width: number): string {
  const indent = Math.max(...commands.map(({ id }) => id.length)) + 4;
  const lines = commands.map(
    ({ id, summary }) => `  ${id}`.padEnd(indent) + wrapped(summary, width - indent).join(`\n${' '.repeat(indent)}`),
  );
  return [
    description,
    `${examples}\noompm ${version}; oompm COMMAND --help tells more of a command`,
    `COMMANDS\n${lines.join('\n')}`,
    exitStatusHelp(),
  ].join('\n\n');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

type Summary = Pick<HelpData, 'id' | 'summary'>;

async function summaries(words: readonly string[]): Promise<readonly Summary[]> {
  const commands = builtHelp(words) ?? (await (await import('./commands.js')).commandsHelp());
  const listed: Summary[] = [
    ...Object.values(commands).filter(({ hidden }) => !hidden),
    { id: 'help', summary: 'This help, or that of one command' },
  ];
  return listed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
