import type { CallInCode, FunctionCode, JumpOut, Origin } from '../../arch/architecture.js';
import type { CodeSymbol } from '../../debuginfo/type-source.js';
import type { Kernel } from '../../kernel/kernel.js';
import { codePlace, type CodePlace } from '../../stack/code.js';

/** The kernel's largest functions have some 50 kB. */
const LARGEST = 1 << 18;
const COLD = /\.cold(?:\.\d+)?$/;

/** A function, with its code wherever the compiler put it. */
interface WholeFunction {
  readonly symbol: CodeSymbol;
  readonly code: FunctionCode;
}

/** Where the value of a register came from in the function of the instruction at an address. */
export function originAt(
  kernel: Kernel,
  at: bigint,
  register: string,
): { readonly origin: Origin; readonly symbol: CodeSymbol } | undefined {
  const found = functionAt(kernel, at);
  const origin = found && kernel.arch.code.origin(found.code, at, register);
  return origin && { origin, symbol: found.symbol };
}

/** The call that returns to an address. */
export function callBehind(kernel: Kernel, returnTo: bigint): CallInCode | undefined {
  const found = functionAt(kernel, returnTo - 1n);
  return found && kernel.arch.code.callTo(found.code, returnTo);
}

/** The jumps that leave the function at an address; undefined where they are not all known. */
export function jumpsOutOf(kernel: Kernel, address: bigint): readonly JumpOut[] | undefined {
  const found = functionAt(kernel, address);
  return found && kernel.arch.code.jumpsOut(found.code);
}

/** The function whose code has an address; undefined where a part of it can't be told from another's. */
export function functionAt(kernel: Kernel, address: bigint): WholeFunction | undefined {
  return kernel.attempt('code', () => {
    const place = wholePlace(kernel, address);
    if (place === undefined || place.size > LARGEST) return undefined;
    const cold = symbolsNamed(kernel, `${place.function}.cold`, place.module);
    const apart = cold.length === 1 ? codePlace(kernel, cold[0]!.address) : undefined;
    if (cold.length > 1 || (apart !== undefined && apart.size > LARGEST)) return undefined;
    return {
      symbol: { ...place, name: place.function, address: place.start },
      code: [part(kernel, place), ...(apart === undefined ? [] : [part(kernel, apart)])],
    };
  });
}

/** Of code that the compiler moved out of a function that one. */
function wholePlace(kernel: Kernel, address: bigint): CodePlace | undefined {
  const place = codePlace(kernel, address);
  if (place === undefined || !COLD.test(place.function)) return place;
  const [found, ...others] = symbolsNamed(kernel, place.function.replace(COLD, ''), place.module);
  return found === undefined || others.length > 0 ? undefined : codePlace(kernel, found.address);
}

function part(kernel: Kernel, { start, size }: CodePlace): FunctionCode[0] {
  return { start, bytes: kernel.memory.read(start, size) };
}

function symbolsNamed(kernel: Kernel, name: string, module: string | undefined) {
  return kernel.symbols.lookup(name).filter((symbol) => symbol.module === module);
}
