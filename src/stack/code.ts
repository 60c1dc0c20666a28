import type { SymbolInfo, SymbolTable } from '../debuginfo/symbol-table.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Ref } from '../kernel/shape.js';
import { moduleMemory, modules, symbolsOfModule } from '../linux/module/modules.js';
import type { CodeRange, ModuleCode } from './code-range.js';
import { bpfText, ftraceText, kprobeText } from './made-code.js';
import { mergeSymbolTables } from '../debuginfo/module-symbols.js';

/** Where an address lies in the code. */
export interface CodePlace {
  readonly function: string;
  /** Where the function starts. */
  readonly start: bigint;
  readonly offset: number;
  /** In bytes; from a vmlinux's symbols, else up to the next symbol. */
  readonly size: number;
  readonly module?: string;
}

/**
 * As kallsyms bounds the kernel's code; init's is freed after the boot, but names found on old stacks may lie in it.
 */
const TEXT = [
  ['_stext', '_etext'],
  ['_sinittext', '_einittext'],
] as const;

/** What may hold code. */
const MODULE_CODE: ReadonlySet<string> = new Set(['text', 'init_text', 'core', 'init']);

/**
 * All ranges of code: the kernel's, those of modules, what was made at run time. A module that can't be read is a gap.
 */
export function codeRanges(kernel: Kernel): readonly CodeRange[] {
  return kernel.once('ranges of code', () => [
    ...kernelText(kernel),
    ...moduleText(kernel),
    ...bpfText(kernel),
    ...ftraceText(kernel),
    ...kprobeText(kernel),
  ]);
}

function kernelText(kernel: Kernel): CodeRange[] {
  return TEXT.flatMap(([start, end]) => {
    const [low, high] = [kernel.findSymbol(start), kernel.findSymbol(end)];
    return low !== undefined && high !== undefined && high > low ? [{ low, high }] : [];
  });
}

/** A module's code is some megabytes at the most: more is a broken `struct module`. */
const LARGEST_MODULE = 256 << 20;

function moduleText(kernel: Kernel): CodeRange[] {
  const ranges: CodeRange[] = [];
  for (const ref of modules(kernel)) {
    kernel.attempt('code of a module', () => {
      const module = moduleCode(kernel, ref);
      for (const { kind, base, bytes } of moduleMemory(kernel, ref)) {
        const text = textBytes(ref, kind) ?? bytes;
        if (MODULE_CODE.has(kind) && text <= LARGEST_MODULE)
          ranges.push({ low: base, high: base + BigInt(text), module });
      }
    });
  }
  return ranges;
}

/** Before 6.4 a module's data stands behind its code; undefined from then on. */
function textBytes({ core_layout: core, init_layout: init }: Ref<'module'>, kind: string): number | undefined {
  if (kind === 'core') return core?.text_size;
  return kind === 'init' ? init?.text_size : undefined;
}

function moduleCode(kernel: Kernel, ref: Ref<'module'>): ModuleCode {
  const { name } = ref;
  return {
    name,
    ref,
    symbols: () =>
      kernel.once(`symbols of module at ${ref.$address}`, () => {
        const found = kernel.attempt(`symbols of module ${name}`, () =>
          symbolsOfModule(kernel, ref).filter(isCodeSymbol),
        );
        return found && mergeSymbolTables(NO_SYMBOLS, [found]);
      }),
  };
}

const NO_SYMBOLS: SymbolTable = {
  source: 'none',
  count: 0,
  addressOf: () => undefined,
  lookup: () => [],
  at: () => undefined,
  [Symbol.iterator]: () => [][Symbol.iterator](),
};

function isCodeSymbol({ type }: SymbolInfo): boolean {
  return 'tTwW'.includes(type);
}

/** The range of code that an address lies in, as __kernel_text_address() tells it in the kernel. */
export function codeRangeOf(kernel: Kernel, address: bigint): CodeRange | undefined {
  return codeRanges(kernel).find(({ low, high }) => address >= low && address < high);
}

/** The function at an address; undefined outside of all code, or where no symbol tells. */
export function codePlace(kernel: Kernel, address: bigint): CodePlace | undefined {
  const range = codeRangeOf(kernel, address);
  if (range === undefined) return undefined;
  if (range.made !== undefined)
    return {
      function: range.made,
      start: range.low,
      offset: Number(address - range.low),
      size: Number(range.high - range.low),
    };
  const found = (range.module ? range.module.symbols() : kernel.symbols)?.at(address);
  if (found === undefined || found.symbol.address < range.low) return undefined;
  const { symbol, offset } = found;
  return {
    function: symbol.name,
    start: symbol.address,
    offset,
    size: symbol.size,
    ...(range.module ? { module: range.module.name } : {}),
  };
}
