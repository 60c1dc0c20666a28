import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { completionScript, shells, type CompletedCommand } from './completion-script.js';

/** `oompm completion SHELL`, of the commands that there are. */
export function completionCommand(commands: () => Promise<readonly (typeof Command)[]>): typeof Command {
  return class Completion extends Command {
    static override id = 'completion';
    static override summary = 'Completions for a shell, to be evaluated by it';
    static override usage = ['completion bash|zsh|fish'];
    static override examples = [
      'eval "$(<%= config.bin %> completion bash)"',
      '<%= config.bin %> completion zsh > ~/.zfunc/_<%= config.bin %>',
      '<%= config.bin %> completion fish > ~/.config/fish/completions/<%= config.bin %>.fish',
    ];
    static override args = { shell: Args.string({ ignoreStdin: true, required: true, options: [...shells], description: 'the shell' }) };

    async run(): Promise<void> {
      const { args } = await this.parse(Completion);
      const all = (await commands()).map(described);
      this.log(completionScript(args.shell as (typeof shells)[number], all));
    }
  };
}

function described({ id, summary = '', flags }: typeof Command): CompletedCommand {
  return {
    id, summary,
    flags: Object.entries(flags ?? {}).map(([name, flag]) => ({
      name, summary: flag.summary ?? '', takesValue: flag.type === 'option',
      ...(flag.char === undefined ? {} : { char: flag.char }),
      ...(flag.type === 'option' && flag.options !== undefined ? { options: flag.options } : {}),
    })),
  };
}
