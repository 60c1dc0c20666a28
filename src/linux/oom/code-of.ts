import type { Kernel } from '../../kernel/kernel.js';

/** A function longer than this is not searched further. */
const MOST_CODE = 1 << 14;

/** A function's code; undefined where there is none of that name, or it can't be read, which is a gap. */
export function codeOf(kernel: Kernel, name: string): { address: bigint; bytes: Uint8Array } | undefined {
  const [symbol] = kernel.symbols.lookup(name).filter(({ type }) => /^[tT]$/.test(type));
  if (symbol === undefined) return undefined;
  const bytes = kernel.attempt(`code of ${name}()`, () =>
    kernel.memory.read(symbol.address, Math.min(symbol.size, MOST_CODE)),
  );
  return bytes === undefined ? undefined : { address: symbol.address, bytes };
}
