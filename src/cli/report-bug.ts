import { oneLine } from '../report/escape.js';

const whereToReport =
  'This is a bug in oompm. Please report it with the lines above, the kernel release and the command line.';
const framesShown = 8;

/** Says on stderr what broke, and where to send it; @returns the exit code for it. */
export function reportBug(error: unknown): 1 {
  process.stderr.write(
    `oompm: ${oneLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error))}\n`,
  );
  const frames = error instanceof Error ? error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) : undefined;
  for (const frame of frames?.slice(0, framesShown) ?? []) process.stderr.write(`${oneLine(frame)}\n`);
  process.stderr.write(`${whereToReport}\n`);
  return 1;
}
