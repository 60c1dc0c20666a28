import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { completionScript, shells, type CompletedCommand } from './completion-script.js';
import type { CommandsHelp, HelpData } from './help-data.js';

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
    static override args = { shell: Args.string({ ignoreStdin: true, required: true, options: [...shells], description: 'the shell' }) };

    async run(): Promise<void> {
      const { args } = await this.parse(Completion);
      const all = Object.values(await commands()).filter(({ hidden }) => !hidden).map(described);
      this.log(completionScript(args.shell as (typeof shells)[number], all));
    }
  };
}

function described({ id, summary, flags }: HelpData): CompletedCommand {
  return {
    id, summary,
    flags: Object.entries(flags).map(([name, flag]) => ({
      name, summary: flag.summary, takesValue: flag.type === 'option',
      ...(flag.char === undefined ? {} : { char: flag.char }),
      ...(flag.options === undefined ? {} : { options: flag.options }),
    })),
  };
}
