import type { Kernel } from '../kernel/kernel.js';
import { moduleMemory, modules, symbolsOfModule, type Module, type ModuleMemory } from '../linux/module/modules.js';
import { codeRangeOf } from './code.js';

/** What a module's symbols call an address of its data. */
export interface ModuleObject {
  readonly name: string;
  readonly module: string;
  readonly offset: number;
  /** As kallsyms reckons it, 64 bits wide: before 6.4 what lies behind the code was taken to end with that. */
  readonly size: bigint;
  /** The name is of what stands there; else of code or of another part that lies before it, which kallsyms takes. */
  readonly isItsOwn: boolean;
  /** It lies below the module's code. */
  readonly isBelowCode: boolean;
}

/** find_kallsyms_symbol(), of what is no code; undefined outside of all modules, or where no symbol is before it. */
export function moduleObjectAt(kernel: Kernel, address: bigint): ModuleObject | undefined {
  if (codeRangeOf(kernel, address) !== undefined) return undefined;
  for (const module of modules(kernel)) {
    const own = kernel.peek('memory of a module', () =>
      moduleMemory(kernel, module).find(({ base, bytes }) => address >= base && address < base + BigInt(bytes)),
    );
    if (own !== undefined) return kernel.attempt('symbols of a module', () => objectIn(kernel, module, own, address));
  }
  return undefined;
}

/** @throws ReadError, Implausible */
function objectIn(kernel: Kernel, module: Module, own: ModuleMemory, address: bigint): ModuleObject | undefined {
  let start: bigint | undefined;
  let next = endFor(module, own);
  let name = '';
  for (const symbol of symbolsOfModule(kernel, module)) {
    const { address: at } = symbol;
    if (symbol.name === '') continue;
    if (at <= address && (start === undefined || at > start)) [start, name] = [at, symbol.name];
    if (at > address && at < next) next = at;
  }
  if (start === undefined) return undefined;
  const code = moduleMemory(kernel, module).find(({ kind }) => kind === 'text');
  return {
    name,
    module: module.name,
    offset: Number(address - start),
    size: BigInt.asUintN(64, next - start),
    isItsOwn: start >= own.base && codeRangeOf(kernel, start) === undefined,
    isBelowCode: code !== undefined && address < code.base,
  };
}

/** Where a symbol ends that none stands behind: with its memory since 6.4, with the code before. */
function endFor({ init_layout: init, core_layout: core }: Module, { kind, base, bytes }: ModuleMemory): bigint {
  const text = kind === 'init' ? init?.text_size : core?.text_size;
  return base + BigInt(text ?? bytes);
}
