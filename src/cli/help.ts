import { CommandHelp, Help } from '@oclif/core';

const examples = `EXAMPLES
  $ oompm analyze vmcore                  why did this machine run out of memory, or stop?
  $ oompm analyze vmcore vmlinux          with the kernel's own symbols and types, in any order
  $ oompm analyze vmcore -o report.html   as HTML; .md and .json likewise
  $ oompm explain dmesg.txt               an OOM report in a log, read and explained; - is stdin
  $ oompm ps vmcore --tree                one question only
  $ oompm info vmcore                     what is this file?
`;

/** Help that starts with examples. */
export default class ExamplesFirstHelp extends Help {
  protected override CommandHelpClass = ExamplesFirstCommandHelp;

  override formatRoot(): string {
    const { version, pjson } = this.config;
    return `${pjson.description ?? ''}\n\n${examples}\noompm ${version}; oompm COMMAND --help tells more of a command`;
  }
}

class ExamplesFirstCommandHelp extends CommandHelp {
  /** Without the dots that oclif gives to arguments that it does not match itself. */
  protected override args(args: Parameters<CommandHelp['args']>[0]): ReturnType<CommandHelp['args']> {
    const described = args.filter(({ description }) => description !== undefined);
    return described.length === 0 ? undefined : described.map(({ name, description }) => [name.toUpperCase(), description]);
  }

  protected override sections(): ReturnType<CommandHelp['sections']> {
    const sections = super.sections().filter(({ header }) => header !== 'DESCRIPTION');
    return [...sections.filter(({ header }) => header === 'EXAMPLES'), ...sections.filter(({ header }) => header !== 'EXAMPLES')];
  }
}

