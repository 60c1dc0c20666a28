import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { InputError } from '../bytes/input-error.js';
import { dumpFlags, pluginFlags, type CommonValues } from '../app/common-flags.js';
import { openScreens } from './open-tui.js';

export class Tui extends Command {
  static override id = 'tui';
  static override summary = 'Browse a dump: findings, tables, stacks and structs on the terminal';
  static override usage = ['tui VMCORE [VMLINUX]'];
  static override examples = ['oompm tui vmcore', 'oompm tui vmcore vmlinux', 'oompm tui vmcore --plugin ./mine.ts'];
  static override args = {
    vmcore: Args.string({ ignoreStdin: true, description: 'the dump: ELF, kdump-compressed or flattened' }),
    vmlinux: Args.string({ ignoreStdin: true, description: 'its kernel, before or after the dump; not needed' }),
  };
  static override flags = { ...dumpFlags, ...pluginFlags };
  static override strict = false;

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Tui);
    if (!process.stdin.isTTY || !process.stdout.isTTY)
      throw new InputError('tui needs a terminal; oompm analyze writes a report anywhere');
    await openScreens(
      argv as string[],
      { ...flags, format: undefined, output: undefined, redact: false, raw: false, evidence: false } as CommonValues,
      this.config.version,
    );
  }
}
