import { definePlugin, fact, facts, type Kernel } from 'oompm';
import { addressNamed, isPerCpuSymbol, symbolAt, type SymbolInfo } from 'oompm/inspect';

/**
 * `sym`, as crash's: the addresses of a symbol, of which static ones may share the name, or what symbol an address lies
 * in.
 */
export default definePlugin({
  id: 'sym',
  summary: 'A symbol’s address, or the symbol that contains an address',
  inReport: false,
  examples: ['vmcore jiffies_64', 'vmcore 0xffffffff81234567', 'vmcore runqueues'],
  arguments: {
    where: { type: 'string', required: true, summary: 'a symbol, or an address in hexadecimal' },
  },
  *run(kernel, { where }) {
    const named = kernel.symbols.lookup(where);
    const found =
      named.length > 0
        ? named.map((symbol) => ({ address: symbol.address, symbol, offset: 0 }))
        : [atAddress(kernel, addressNamed(kernel, where))];
    for (const [index, { address, symbol, offset }] of found.entries()) {
      yield facts(
        where,
        [
          fact('address', 'Address', 'address', address),
          fact('symbol', 'Symbol', 'symbol', symbol?.name ?? null),
          fact('offset', 'Into it', 'bytes', offset),
          fact('type', 'Kind', 'text', symbol?.type ?? null, { note: 'nm’s letter, as the table of symbols has it' }),
          fact('module', 'Module', 'text', symbol?.module ?? null),
          ...(isPerCpuSymbol(kernel, address) ? perCpu(kernel, address) : []),
        ],
        { id: index === 0 ? 'symbol' : `symbol-${index + 1}` },
      );
    }
  },
});

function atAddress(
  kernel: Kernel,
  address: bigint,
): { address: bigint; symbol: SymbolInfo | undefined; offset: number | null } {
  const found = symbolAt(kernel, address);
  return { address, symbol: found?.symbol, offset: found?.offset ?? null };
}

function perCpu(kernel: Kernel, address: bigint): ReturnType<typeof fact>[] {
  return kernel
    .possibleCpus()
    .map((cpu) =>
      fact(`cpu${cpu}`, `On CPU ${cpu}`, 'address', BigInt.asUintN(64, address + kernel.perCpuOffset(cpu))),
    );
}
