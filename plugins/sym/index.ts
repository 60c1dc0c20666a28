import { definePlugin, fact, facts, type Fact, type Kernel } from 'oompm';
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
    const found: Found[] =
      named.length > 0
        ? named.map((symbol) => ({ address: symbol.address, within: { symbol, offset: 0 } }))
        : [atAddress(kernel, addressNamed(kernel, where))];
    for (const [index, { address, within }] of found.entries()) {
      yield facts(
        where,
        [
          fact('address', 'Address', 'address', address),
          ...symbolFacts(within),
          ...(isPerCpuSymbol(kernel, address) ? perCpu(kernel, address) : []),
        ],
        { id: index === 0 ? 'symbol' : `symbol-${index + 1}` },
      );
    }
  },
});

interface Found {
  readonly address: bigint;
  /** The symbol that contains the address, and how far in; none where no symbol does. */
  readonly within: { symbol: SymbolInfo; offset: number } | undefined;
}

/** Of an address that lies in no symbol there is no more to say. */
function symbolFacts(within: Found['within']): Fact[] {
  if (within === undefined) return [fact('symbol', 'Symbol', 'symbol', null, { note: 'it lies in none' })];
  const { symbol, offset } = within;
  return [
    fact('symbol', 'Symbol', 'symbol', symbol.name),
    ...(offset === 0 ? [] : [fact('offset', 'Into it', 'bytes', offset)]),
    fact('type', 'Kind', 'text', symbol.type, { note: 'nm’s letter, as the table of symbols has it' }),
    ...(symbol.module === undefined ? [] : [fact('module', 'Module', 'text', symbol.module)]),
  ];
}

function atAddress(kernel: Kernel, address: bigint): Found {
  return { address, within: symbolAt(kernel, address) };
}

function perCpu(kernel: Kernel, address: bigint): Fact[] {
  return kernel
    .possibleCpus()
    .map((cpu) =>
      fact(`cpu${cpu}`, `On CPU ${cpu}`, 'address', BigInt.asUintN(64, address + kernel.perCpuOffset(cpu))),
    );
}
