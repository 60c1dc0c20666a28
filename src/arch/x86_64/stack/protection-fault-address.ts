import type { SymbolName } from '../../../../symbols/symbol-names.js';
import type { Kernel } from '../../../kernel/kernel.js';
import { codeOf } from '../../../linux/oom/code-of.js';
import type { MemoryAccess } from '../../architecture.js';

/** Where get_kernel_gp_address() stands, inlined or not. */
const DECODERS: readonly SymbolName[] = ['get_kernel_gp_address', 'exc_general_protection', 'do_general_protection'];

/**
 * The address that get_kernel_gp_address() finds for an access; undefined where none is known. Until 5.13 it decodes no
 * further than the SIB byte, and takes every displacement for 0.
 */
export function printedAddress(kernel: Kernel, { address, displacement }: MemoryAccess): bigint | undefined {
  if (address === undefined || !stopsAtSib(kernel)) return address;
  return BigInt.asUintN(64, address - BigInt(displacement));
}

function stopsAtSib(kernel: Kernel): boolean {
  const target = kernel.findSymbol('insn_get_sib');
  if (target === undefined) return false;
  return kernel.once('a protection fault is decoded to its SIB byte', () =>
    DECODERS.some((name) => {
      const code = codeOf(kernel, name);
      if (code === undefined) return false;
      return [...kernel.arch.code.actions(code.bytes, code.address)].some(
        (action) => action.does === 'call' && action.target === target,
      );
    }),
  );
}
