import * as Args from '@oclif/core/args';
import { InputError } from '../bytes/input-error.js';
import { Command } from '@oclif/core/command';
import { requiredArguments } from '../plugin/options.js';
import { completionScript, shells, type CompletedCommand, type CompletedFlag } from './completion-script.js';
import type { CommandsHelp, FlagHelp, HelpData } from './help-data.js';
import { plugins } from '../app/plugins.js';
import { print } from './standard-output.js';
import { defined } from '../words/defined.js';

/** `oompm completion SHELL`, of the commands that there are. */
export function completionCommand(commands: () => Promise<CommandsHelp>): typeof Command {
  return class Completion extends Command {
    static override id = 'completion';
    static override summary = 'Shell completion script for bash, zsh or fish';
    static override usage = ['completion bash|zsh|fish'];
    static override examples = [
      'eval "$(oompm completion bash)"',
      'oompm completion zsh > ~/.zfunc/_oompm',
      'oompm completion fish > ~/.config/fish/completions/oompm.fish',
    ];
    static override args = {
      shell: Args.string({ ignoreStdin: true, options: [...shells], description: 'the shell' }),
    };

    async run(): Promise<void> {
      const { args } = await this.parse(Completion);
      if (args.shell === undefined)
        throw new InputError(
          `completion needs a shell: ${shells.map((shell) => `oompm completion ${shell}`).join(', ')}`,
        );
      const [{ registry }, known] = await Promise.all([plugins(), commands()]);
      const listed = Object.values(known).filter(({ hidden }) => !hidden);
      const help: CompletedCommand = {
        id: 'help',
        summary: 'This help, or that of one command',
        flags: [],
        words: listed.map(({ id }) => id),
      };
      const sections = (await registry.all())
        .filter((plugin) => requiredArguments(plugin.arguments).length === 0)
        .map(({ id }) => id);
      const all = [...listed.map((command) => described(command, sections)), help];
      print(`${completionScript(args.shell as (typeof shells)[number], all)}\n`);
    }
  };
}

function described({ id, summary, args, flags }: HelpData, sections: readonly string[]): CompletedCommand {
  const [first] = Object.values(args);
  const words = first === undefined ? [] : first.options;
  return {
    id,
    summary,
    ...defined({ words }),
    flags: Object.entries(flags).map(([name, flag]) => ({
      name,
      summary: flag.summary,
      ...defined({ char: flag.char }),
      ...(flag.type === 'boolean' ? {} : { value: valueOf(name, flag, sections) }),
    })),
  };
}

/** What is offered where more than that is taken: bt --state takes several letters in one word. */
const offered: Readonly<Record<string, readonly string[]>> = {
  state: ['D', 'I', 'N', 'P', 'R', 'S', 'T', 'X', 'Z', 't'],
};

function valueOf(name: string, flag: FlagHelp, sections: readonly string[]): NonNullable<CompletedFlag['value']> {
  if (name === 'only') return { list: sections };
  if (name === 'plugin') return 'plugin';
  return flag.options ?? offered[name] ?? (flag.helpValue === 'FILE' ? 'file' : 'free');
}
