import { isPerCpuSymbol } from '../kernel/inspect/symbol-in-words.js';
import type { Kernel } from '../kernel/kernel.js';
import { definePlugin } from '../plugin/define-plugin.js';
import { fact, facts } from '../plugin/make-views.js';
import { addressNamed } from './address-named.js';

/** `sym`, as crash's: a symbol's address, or what symbol an address lies in. */
export const symPlugin = definePlugin({
  id: 'sym',
  summary: 'A symbol’s address, or the symbol that an address lies in',
  inReport: false,
  examples: ['vmcore jiffies_64', 'vmcore 0xffffffff81234567', 'vmcore runqueues'],
  arguments: {
    where: { type: 'string', required: true, summary: 'a symbol, or an address in hexadecimal' },
  },
  *run(kernel, { where }) {
    const named = kernel.symbols.addressOf(where);
    const address = named ?? addressNamed(kernel, where);
    const found = kernel.symbols.at(address);
    yield facts(where, [
      fact('address', 'Address', 'address', address),
      fact('symbol', 'Symbol', 'symbol', found?.symbol.name ?? (named === undefined ? null : where)),
      fact('offset', 'Into it', 'bytes', found?.offset ?? null),
      fact('type', 'Kind', 'text', found?.symbol.type ?? null, { note: 'as nm has it' }),
      fact('module', 'Module', 'text', found?.symbol.module ?? null),
      ...(isPerCpuSymbol(kernel, address) ? perCpu(kernel, address) : []),
    ], { id: 'symbol' });
  },
});

function perCpu(kernel: Kernel, address: bigint): ReturnType<typeof fact>[] {
  return kernel.possibleCpus().map((cpu) => fact(`cpu${cpu}`, `On CPU ${cpu}`, 'address', BigInt.asUintN(64, address + kernel.perCpuOffset(cpu))));
}
