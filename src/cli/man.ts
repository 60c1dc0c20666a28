import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Command } from '@oclif/core/command';
import { programOnPath } from '../debuginfo/unpack/programs.js';
import { manText } from './man-text.js';
import { print } from './standard-output.js';

/** `oompm man`: npm installs no man page, so that `man oompm` finds none. */
export class Man extends Command {
  static override id = 'man';
  static override summary = 'The manual page: through man on a terminal, else as plain text';
  static override usage = ['man'];
  static override examples = ['oompm man', 'oompm man | grep -A3 DEBUGINFOD_URLS'];

  async run(): Promise<void> {
    await this.parse(Man);
    const page = join(dirname(createRequire(import.meta.url).resolve('oompm/package.json')), 'docs/oompm.1');
    if (
      process.stdout.isTTY &&
      programOnPath('man') !== undefined &&
      spawnSync('man', [page], { stdio: 'inherit' }).status === 0
    )
      return;
    print(manText(readFileSync(page, 'utf8')));
  }
}
