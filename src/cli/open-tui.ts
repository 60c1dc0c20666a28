import { InputError } from '../bytes/input-error.js';
import { oneLine } from '../report/escape.js';
import type { CommonValues } from '../app/common-flags.js';
import { bundledModule } from '../app/plugins.js';
import { print } from './standard-output.js';

/**
 * Opens the screens, and leaves on the terminal what was asked to be kept. @throws InputError where there is no dump to
 * be opened
 */
export async function openScreens(words: readonly string[], flags: CommonValues, version: string): Promise<void> {
  if (words.length === 0) throw new InputError('tui needs a dump: oompm tui VMCORE');
  const { openTui } = await import('../tui/open.js');
  const colour = flags.color === 'always' || (flags.color === 'auto' && !process.env['NO_COLOR']);
  const { code, commands, refused } = await openTui({ words, flags, version, bundled: bundledModule(), colour });
  for (const command of commands) print(`${oneLine(command)}\n`);
  if (refused !== undefined) throw new InputError(refused);
  process.exit(code);
}

/** Both ends are a terminal, and nothing was asked for that only a report can give. */
export function wantsScreens(flags: CommonValues & { only?: unknown }): boolean {
  return (
    process.stdin.isTTY &&
    process.stdout.isTTY &&
    process.env['TERM'] !== 'dumb' &&
    flags.format === undefined &&
    flags.output === undefined &&
    flags.only === undefined &&
    !flags.redact &&
    !flags.raw &&
    !flags.evidence
  );
}
