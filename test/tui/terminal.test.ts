import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { build, projectRoot } from '../built.js';
import { hasTmux, openTerminal, type RealTerminal } from './tmux.js';

/** It lies in the repository as it is. */
const dump = join(projectRoot, 'fixtures/6.1-global-panic/vmcore');
const oompm = `node ${join(projectRoot, 'bin/oompm.js')}`;

describe.skipIf(!hasTmux)(`in a real terminal${hasTmux ? '' : ' (skipped: tmux is not installed)'}`, () => {
  let terminal: RealTerminal;
  beforeAll(build);
  beforeEach(() => {
    terminal = openTerminal(100, 30);
  });
  afterEach(() => terminal.close());

  const start = (words = `analyze ${dump}`): void => {
    terminal.until('shell>');
    terminal.press(`${oompm} ${words}`, 'Enter');
  };

  test('analyze opens the screens; every screen has something to say; q leaves the shell as it was', () => {
    terminal.until('shell>');
    terminal.press('echo before', 'Enter');
    start();
    expect(terminal.until(/● .*a\.out/)).toMatch(/^ oompm vmcore · Linux 6\.1/);
    terminal.press('1');
    const [tabs = ''] = /^.*\[1 .*$/m.exec(terminal.until('[1 ')) ?? [];
    const screens = [...tabs.matchAll(/(\d) ([a-z-]+)/g)];
    expect(screens.length).toBeGreaterThan(5);
    for (const [name, number] of screens) {
      terminal.press(number!);
      expect(terminal.until(`[${name}]`), name).not.toContain('the plugin broke');
    }
    terminal.press(':ps', 'Enter');
    expect(terminal.until('▸ Kernel threads')).toMatch(/PID +.*RSS▼/);
    terminal.press('q');
    terminal.until('[0 overview]');
    terminal.press('q');
    const after = terminal.until(/before\n[^]*shell>\s*$/);
    expect(after).not.toContain('Findings');
  });

  test('a terminal that is closed ends them, where it is not their session’s and no signal comes', async () => {
    const pidFile = join(mkdtempSync(join(tmpdir(), 'oompm-closed-')), 'pid');
    terminal.until('shell>');
    terminal.press(`setsid --wait sh -c 'echo $$ > ${pidFile}; exec ${oompm} analyze ${dump}'`, 'Enter');
    terminal.until(/● .*a\.out/);
    const pid = readFileSync(pidFile, 'utf8').trim();
    // One that still draws would end by its failed write.
    await setTimeout(3000);
    terminal.close();
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false);
  });

  test('doors: a task, a struct of it, the prompt, back and forward', () => {
    start();
    terminal.until(/● /);
    terminal.press(':ps', 'Enter');
    terminal.until(/PID +.*RSS▼/);
    terminal.press('/a.out', 'Enter', 'Enter');
    terminal.until('ps › a.out (52)');
    terminal.until('struct task_struct at 0x');
    terminal.press('/mm_struct *mm', 'Enter', 'Enter');
    terminal.until('a.out (52) › struct mm_struct at 0x');
    terminal.until(/pgd_t \*pgd/);
    terminal.press('[');
    terminal.until(/ps › a\.out \(52\)\n/);
    terminal.press(']');
    terminal.until('› struct mm_struct');
    terminal.press(':jiffies', 'Enter');
    terminal.until('<jiffies>');
    terminal.press(':1', 'Enter');
    terminal.until(/› init \(1\)/);
    terminal.press('Escape');
    terminal.until(/› memory at jiffies\n/);
  });

  test('the prompt: Tab completes, a typo is told under the line, flags are read as the command line reads them', () => {
    start();
    terminal.until(/● /);
    terminal.press(':');
    // The hint of what may be typed gives way to offers as soon as there are some.
    terminal.until(/^ : █/m);
    terminal.press('kmem_cac');
    terminal.until(/kmem_cache +struct/);
    terminal.press('he slab_c');
    terminal.until(/slab_caches +symbol/);
    terminal.press('C-u', 'no_such_thing', 'Enter');
    terminal.until(/: no_such_thing█\n +no_such_thing is neither an address in hexadecimal nor a symbol/);
    terminal.press('C-u', 'zonse', 'Enter');
    terminal.until(/: zonse█\n +zonse is neither .*; did you mean\s+zones\?/);
    terminal.press('C-u', 'log --limit 0', 'Enter');
    terminal.until(/: log --limit 0█\n +--limit takes .*1/);
    terminal.press('C-u', 'struct list_h', 'Tab');
    terminal.until(': struct list_head');
    terminal.press('Enter');
    terminal.until('struct list_head, 16 bytes');
    terminal.press('Escape');
    terminal.until('[0 overview]');
    terminal.press('Escape');
    terminal.until('this is the first page');
  });

  test('the wheel scrolls, a click puts the cursor there, y reaches the clipboard', () => {
    start();
    terminal.until(/● /);
    terminal.press('3');
    const before = terminal.until('Kernel panic');
    terminal.mouse(64, 10, 10);
    terminal.until((screen) => screen !== before && screen.includes('Kernel panic'));
    terminal.mouse(0, 10, 5);
    terminal.until((screen) => screen.split('\n')[4]?.startsWith('> ') ?? false);
    terminal.press('y');
    terminal.until('sent to the clipboard: oompm log');
    expect(terminal.clipboard()).toBe(`oompm log ${dump}`);
  });

  test('w writes the screen, y leaves its command line on the terminal', () => {
    const folder = mkdtempSync(join(tmpdir(), 'oompm-tui-'));
    start();
    terminal.until(/● /);
    terminal.press(':zones', 'Enter');
    terminal.until(/\[\d zones][^]*Normal/);
    terminal.press('w', 'C-u', join(folder, 'zones.md'), 'Enter');
    terminal.until('written to');
    expect(existsSync(join(folder, 'zones.md'))).toBe(true);
    expect(readFileSync(join(folder, 'zones.md'), 'utf8')).toContain('Normal');
    terminal.press('y');
    terminal.until(`oompm zones ${dump}`);
    terminal.press('Q');
    terminal.until(new RegExp(`^oompm zones ${dump}`, 'm'));
  });

  test('another size while it runs, smaller and larger', () => {
    start();
    terminal.until(/^ oompm vmcore · Linux [^ ]+ x86_64\n[^]*● /);
    for (const [columns, rows] of [
      [60, 15],
      [140, 40],
      [40, 10],
    ] as const) {
      terminal.resize(columns, rows);
      // A shrinking tmux cuts off at the top: what was at the bottom stands there before it is drawn anew.
      const drawn = terminal.until(
        (screen) =>
          screen.startsWith(' oompm vmcore') &&
          screen.trimEnd().split('\n').length === rows &&
          / \? help[^\n]*\s*$/.test(screen),
      );
      // What was waited for, and no later picture: the next frame may be half drawn.
      const lines = drawn.trimEnd().split('\n');
      expect(lines).toHaveLength(rows);
      expect(lines[0]).toMatch(/^ oompm vmcore/);
      expect(lines.filter((line) => line.startsWith(' oompm vmcore'))).toHaveLength(1);
    }
  });

  test('Ctrl-Z stops it and gives the shell back; fg takes the screen again', () => {
    start();
    terminal.until(/● /);
    terminal.press('C-z');
    terminal.until(/Stopped/);
    terminal.press('fg', 'Enter');
    terminal.until(/^ oompm vmcore[^]*● /);
    terminal.press('?');
    terminal.until('search, next, previous');
  });

  test('Ctrl-C leaves with 130 at any moment, and a signal gives the terminal back', () => {
    start();
    // The header stands there before Ink has loaded.
    terminal.until('opening…');
    terminal.press('C-c');
    terminal.until(/shell> node[^]*shell>\s*$/);
    terminal.press('echo code $?', 'Enter');
    terminal.until('code 130');
    terminal.press('clear', 'Enter');
    start();
    terminal.until(/● /);
    terminal.press('C-c');
    terminal.until(/shell>\s*$/);
    terminal.press('echo again $?', 'Enter');
    terminal.until('again 130');
    terminal.press('clear', 'Enter');
    terminal.until('shell>');
    start();
    terminal.until(/● /);
    process.kill(terminal.child(), 'SIGTERM');
    terminal.until(/Terminated|shell>\s*$/);
    terminal.press('echo signal $?', 'Enter');
    terminal.until('signal 143');
  });

  test('without colours where NO_COLOR says so', () => {
    terminal.close();
    terminal = openTerminal(100, 30, { NO_COLOR: '1' });
    start();
    terminal.until(/● /);
    // oxlint-disable-next-line no-control-regex -- colours are what is looked for
    expect(terminal.screen()).not.toMatch(/\u001b\[3\dm/);
  });

  test("what is no dump is one sentence and exit 2; a user's plugin has its screen", () => {
    start(`analyze ${join(projectRoot, 'package.json')}; echo code $?`);
    const text = terminal.until('code 2');
    expect(text).toMatch(/^oompm: /m);
    terminal.press('clear', 'Enter');
    start(`tui ${dump} --plugin ${join(projectRoot, 'examples/filesystems.ts')}`);
    terminal.until(/● /);
    terminal.press(':filesystems', 'Enter');
    terminal.until('Superblocks');
  });
});
