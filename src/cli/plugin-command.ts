import { InputError } from '../bytes/input-error.js';
import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import type { Declaration } from '../plugin/define-plugin.js';
import type { AnyPlugin } from '../plugin/registry.js';
import type { OptionValues } from '../plugin/options.js';
import { reportFormats } from '../report/render.js';
import { commonFlags, type CommonValues } from '../app/common-flags.js';
import { answer } from './answer.js';
import { openNamed } from '../app/open-named.js';
import { ownFlags, pluginValues, type OclifFlags } from '../app/plugin-values.js';
import { reportTarget } from './write-report.js';

/** The command that a plugin's declaration describes: `oompm ps VMCORE [VMLINUX] [--tree]`. */
export function pluginCommand(plugin: AnyPlugin): typeof Command {
  const ownFormats = formatsOf(plugin);
  const flags: OclifFlags = { ...ownFlags(plugin), ...commonFlags, format: formatFlag(ownFormats) };
  const words = Object.entries(plugin.arguments).map(
    ([name, { required, multiple }]) =>
      `${required ? name.toUpperCase() : `[${name.toUpperCase()}]`}${multiple ? '...' : ''}`,
  );

  return class extends Command {
    static override id = plugin.id;
    static override summary = plugin.summary;
    static override usage = [`${plugin.id} VMCORE [VMLINUX] ${words.join(' ')}`.trim()];
    static override examples = (plugin.examples.length > 0 ? plugin.examples : ['vmcore']).map(
      (line) => `oompm ${plugin.id} ${line}`,
    );
    static override flags = flags;
    static override args = Object.fromEntries([
      ['vmcore', Args.string({ ignoreStdin: true, description: 'the dump' })],
      ['vmlinux', Args.string({ ignoreStdin: true, description: 'its kernel, before or after the dump; not needed' })],
      ...Object.entries(plugin.arguments).map(
        ([name, { summary }]) => [name, Args.string({ ignoreStdin: true, description: summary })] as const,
      ),
    ]);
    // Words are told apart by what the files hold, and then matched by `matchArguments`.
    static override strict = false;

    async run(): Promise<void> {
      const { argv, flags: parsed } = await this.parse(this.constructor as typeof Command);
      const common = parsed as unknown as CommonValues;
      const own = parsed as Record<string, OptionValues[string]>;
      const target = await reportTarget(common, argv as string[]);
      if (plugin.id === 'read' && common.redact && own['type'] === undefined)
        throw new InputError(
          'read shows memory as it is, which --redact can hide nothing of; leave --redact out, or read an object with --type',
        );
      const opened = await openNamed(plugin.id, argv as string[], common);
      const values: OptionValues = {
        ...pluginValues(plugin, own, opened.rest),
        ...(ownFormats.length === 0
          ? {}
          : { format: ownFormats.includes(common.format ?? '') ? common.format : undefined }),
      };
      const bare = ownFormats.includes(common.format ?? '');
      await answer({
        plugin,
        values,
        opened,
        version: this.config.version,
        flags: bare ? { ...common, format: 'text' } : common,
        target,
        bare,
      });
    }
  };
}

/**
 * A plugin may add formats of its own to the common ones: it is then given the word, and what it yields is written
 * bare.
 */
function formatsOf(plugin: Declaration): readonly string[] {
  const { format } = plugin.flags;
  return format?.type === 'string' ? (format.options ?? []) : [];
}

function formatFlag(own: readonly string[]): OclifFlags[string] {
  return own.length === 0
    ? commonFlags.format
    : Flags.string({
        options: [...reportFormats, ...own],
        summary: commonFlags.format.summary!,
        helpGroup: commonFlags.format.helpGroup!,
      });
}
