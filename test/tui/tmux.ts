import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../built.js';

/** A real terminal for a test: tmux's, with a server of its own. */
export interface RealTerminal {
  /** Presses keys, as tmux names them: 'j', 'Enter', 'C-c'. */
  press(...keys: readonly string[]): void;
  /**
   * What a terminal sends for the mouse: a button as xterm numbers them (64 is the wheel, upwards), at a column and a
   * row from 1.
   */
  mouse(button: number, column: number, row: number): void;
  /** What a program has put into the terminal's clipboard (OSC 52). */
  clipboard(): string;
  screen(): string;
  /** Waits until the screen has that; @throws Error with the screen where it does not come */
  until(wanted: RegExp | string | ((screen: string) => boolean), ms?: number): string;
  resize(columns: number, rows: number): void;
  /** The process that the shell runs. */
  child(): number;
  close(): void;
}

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

let servers = 0;

/** A shell in a terminal of that size, with nothing of this machine's own settings. */
export function openTerminal(columns: number, rows: number, env: Readonly<Record<string, string>> = {}): RealTerminal {
  const socket = `oompm-test-${process.pid}-${servers++}`;
  const tmux = (...words: string[]): string => execFileSync('tmux', ['-L', socket, ...words], { encoding: 'utf8' });
  const inner = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(projectRoot, '.tmp/home'),
    LANG: 'C.UTF-8',
    PS1: 'shell> ',
    ...env,
  };
  const shell = [
    'env',
    '-i',
    'TERM=tmux-256color',
    ...Object.entries(inner).map(([name, value]) => `${name}=${value}`),
    'bash',
    '--norc',
    '--noprofile',
    '-i',
  ];
  tmux(
    '-f',
    '/dev/null',
    '-u',
    'new-session',
    '-d',
    '-s',
    't',
    '-x',
    String(columns),
    '-y',
    String(rows),
    '-c',
    projectRoot,
    ...shell,
  );
  tmux('set-option', '-g', 'status', 'off');
  tmux('set-option', '-s', 'set-clipboard', 'on');
  tmux('resize-window', '-t', 't', '-x', String(columns), '-y', String(rows));
  const screen = (): string => tmux('capture-pane', '-p', '-t', 't');
  return {
    press: (...keys) => void tmux('send-keys', '-t', 't', ...keys),
    mouse: (button, column, row) => void tmux('send-keys', '-t', 't', '-l', `\u001b[<${button};${column};${row}M`),
    clipboard: () => tmux('show-buffer'),
    screen,
    until(wanted, ms = 30_000) {
      const deadline = performance.now() + ms;
      for (;;) {
        const text = screen();
        if (
          typeof wanted === 'string'
            ? text.includes(wanted)
            : typeof wanted === 'function'
              ? wanted(text)
              : wanted.test(text)
        )
          return text;
        if (performance.now() > deadline)
          throw new Error(`${String(wanted)} did not come within ${ms} ms; the screen is:\n${text}`);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
      }
    },
    resize: (toColumns, toRows) => void tmux('resize-window', '-t', 't', '-x', String(toColumns), '-y', String(toRows)),
    child() {
      const shellPid = tmux('display-message', '-p', '-t', 't', '#{pane_pid}').trim();
      const [first] = execFileSync('ps', ['-o', 'pid=', '--ppid', shellPid], { encoding: 'utf8' }).trim().split(/\s+/);
      return Number(first);
    },
    close: () => void spawnSync('tmux', ['-L', socket, 'kill-server']),
  };
}
