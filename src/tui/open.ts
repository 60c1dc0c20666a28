import { firstScreen } from './first-screen.js';
import type { TuiRequest } from './request.js';
import { takeTerminal } from './terminal.js';

/**
 * Opens the screens on this process's terminal. The header stands there before Ink, which takes longer than half a
 * second to load, is even asked for.
 */
export async function openTui(request: TuiRequest): Promise<import('./run.js').Ended> {
  const { stdin, stdout } = process;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const terminal = takeTerminal(stdin, stdout, (error) => fail(error));
  stdout.write(firstScreen(request.words, request.version, stdout.columns));
  // React checks more, and is slower, where it is not told that this is no development.
  process.env['NODE_ENV'] ??= 'production';
  try {
    const { runScreens } = await import('./run.js');
    return await Promise.race([runScreens(request, terminal), failed]);
  } finally {
    terminal.restore();
  }
}
