import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { SourceLine } from '../debuginfo/dwarf/lines.js';
import type { Kernel } from '../kernel/kernel.js';
import { byDwarf } from './by-dwarf.js';
import { codePlace, type CodePlace } from './code.js';
import { codeAddressOf, type Frame } from '../arch/stack/frame.js';
import { defined } from '../words/defined.js';

/** A function in a frame: the one that the code belongs to, or one that the compiler inlined into it. */
export interface NamedFrame {
  readonly frame: Frame;
  /** 0 for the innermost function of the frame, which others may be around. */
  readonly level: number;
  readonly inlined: boolean;
  /** As the source names it; as the symbol does ("x.cold", "x.constprop.0") where there is no DWARF. */
  readonly function?: string;
  /** The symbol that the code lies in, with the offset of `frame.ip`; not for inlined ones. */
  readonly place?: CodePlace;
  /** The line that runs: of the instruction, or of the call. */
  readonly source?: SourceLine;
}

/** The functions of frames, innermost first: by DWARF with the inlined ones, else by symbol. */
export function nameFrames(kernel: Kernel, frames: readonly Frame[]): NamedFrame[] {
  return frames.flatMap((frame) => (frame.user ? [{ frame, level: 0, inlined: false }] : functionsOf(kernel, frame)));
}

function functionsOf(kernel: Kernel, frame: Frame): NamedFrame[] {
  const place = placeOf(kernel, frame);
  const named = { frame, ...(place ? { place, function: place.function } : {}) };
  const chain =
    place?.module === undefined
      ? byDwarf(kernel, 'functions by DWARF', () => inlineChain(kernel, frame, named))
      : undefined;
  return chain ?? [{ ...named, level: 0, inlined: false }];
}

function inlineChain(
  kernel: Kernel,
  frame: Frame,
  own: Pick<NamedFrame, 'frame' | 'place' | 'function'>,
): NamedFrame[] | undefined {
  return kernel
    .debugInfo()
    ?.inlineChainAt(codeAddressOf(frame))
    ?.map(({ inlined, source, function: name }, level) => ({
      ...(inlined ? { frame } : own),
      level,
      inlined,
      ...defined({ function: name }),
      ...(source ? { source: { ...source, file: withoutRoot(kernel, source.file) } } : {}),
    }));
}

/**
 * A return address behind a call that does not return may belong to the next function already: the call's own place
 * counts.
 */
function placeOf(kernel: Kernel, frame: Frame): CodePlace | undefined {
  const place = codePlace(kernel, codeAddressOf(frame));
  return place && { ...place, offset: place.offset + (frame.interrupted ? 0 : 1) };
}

/** Of the compiler's units and of the assembler's: the two name their folders differently. */
const COMPILED = ['start_kernel', 'init/main.c'] as const;

/**
 * Kernels are built in all kinds of folders; files that are the same in all of them tell which, and paths are shown
 * from there on.
 */
function withoutRoot(kernel: Kernel, file: string): string {
  const roots = kernel.once('folders of the sources', () =>
    [COMPILED, stacksOf(kernel).anchor].flatMap(([symbol, path]) => {
      const address = kernel.findSymbol(symbol);
      const found = address === undefined ? undefined : kernel.debugInfo()?.lineAt(address)?.file;
      return found?.endsWith(`/${path}`) ? [found.slice(0, -path.length)] : [];
    }),
  );
  const root = roots.find((folder) => file.startsWith(folder));
  return root === undefined ? file : file.slice(root.length);
}
