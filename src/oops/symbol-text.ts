import type { Kernel } from '../kernel/kernel.js';
import { codePlace, codeRangeOf, type CodePlace } from '../stack/code.js';
import { moduleObjectAt } from '../stack/module-object.js';
import { withModule, withOffset } from '../words/code-name.js';

/** %pS: "acme_write+0x7a/0xa7 [acme]", a module's data too; the address where neither is. */
export function symbolText(kernel: Kernel, address: bigint): string {
  const object = moduleObjectAt(kernel, address);
  if (object === undefined) return textOf(kernel, address, placeInKallsyms(kernel, address), 0);
  const { name, module, offset, size } = object;
  return withModule(`${withOffset(name, offset)}/0x${size.toString(16)}`, module);
}

/** %pB, of a return address: the function is that of the call, which may be the last thing in it. */
export function returnText(kernel: Kernel, address: bigint): string {
  return textOf(kernel, address, placeInKallsyms(kernel, BigInt.asUintN(64, address - 1n)), 1);
}

/** %ps: the name alone. */
export function nameText(kernel: Kernel, address: bigint): string {
  const place = placeInKallsyms(kernel, address);
  return place === undefined ? `0x${address.toString(16)}` : withModule(place.function, place.module);
}

/** As kallsyms_lookup() finds it. */
function placeInKallsyms(kernel: Kernel, address: bigint): CodePlace | undefined {
  return codeRangeOf(kernel, address)?.isNameless === true ? undefined : codePlace(kernel, address);
}

function textOf(kernel: Kernel, address: bigint, place: CodePlace | undefined, behind: number): string {
  if (place === undefined) return `0x${address.toString(16)}`;
  const size = sizeInKallsyms(kernel, place);
  return withModule(`${withOffset(place.function, place.offset + behind)}/0x${size.toString(16)}`, place.module);
}

/** Functions are aligned to no more. */
const LONGEST_PADDING = 256;

/** kallsyms knows no sizes: a function ends where the next symbol is, a module's last one with its code. */
function sizeInKallsyms(kernel: Kernel, { start, size }: CodePlace): number {
  const { module, high } = codeRangeOf(kernel, start) ?? {};
  const symbols = module === undefined ? kernel.symbols : module.symbols();
  for (let end = size; end <= size + LONGEST_PADDING; end++) {
    const next = symbols?.at(start + BigInt(end));
    if (next !== undefined && next.symbol.address > start) return Number(next.symbol.address - start);
  }
  return module === undefined || high === undefined ? size : Number(high - start);
}
