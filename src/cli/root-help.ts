import { existsSync, readFileSync } from 'node:fs';
import { exitStatusHelp } from './exit-status.js';
import { description, version } from './package-facts.js';
import { userPluginFiles } from './plugin-files.js';

const examples = `EXAMPLES
  $ oompm analyze vmcore                  why did this machine run out of memory, or stop?
  $ oompm analyze vmcore vmlinux          with the kernel's own symbols and types, in any order
  $ oompm analyze vmcore -o report.html   as HTML; .md and .json likewise
  $ oompm explain dmesg.txt               an OOM report in a log, read and explained; - is stdin
  $ oompm ps vmcore --tree                one question only
  $ oompm info vmcore                     what is this file?
`;

export interface CommandSummary {
  id: string;
  summary: string;
}

/** Help on oompm as a whole; it starts with examples. */
export async function showRootHelp(words: readonly string[]): Promise<void> {
  process.stdout.write(rootHelp(await listed(words), Math.max(60, Math.min(process.stdout.columns || 80, 100))));
}

function rootHelp(commands: readonly CommandSummary[], width: number): string {
  const indent = Math.max(...commands.map(({ id }) => id.length)) + 4;
  const lines = commands.map(({ id, summary }) => `  ${id}`.padEnd(indent) + wrapped(summary, width - indent).join(`\n${' '.repeat(indent)}`));
  return `${description}\n\n${examples}\noompm ${version}; oompm COMMAND --help tells more of a command\n\nCOMMANDS\n${lines.join('\n')}\n\n${exitStatusHelp()}`;
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

/** From the list that the build leaves beside the code; by loading every command where there is none, or where users' plugins have commands of their own. */
async function listed(words: readonly string[]): Promise<readonly CommandSummary[]> {
  const list = new URL('commands.json', import.meta.url);
  if (userPluginFiles(words).files.length === 0 && existsSync(list)) return JSON.parse(readFileSync(list, 'utf8')) as CommandSummary[];
  return (await import('./commands.js')).commandSummaries();
}
