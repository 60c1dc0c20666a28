import { DwarfError } from '../debuginfo/dwarf/dwarf-error.js';
import type { InlineFrame } from '../debuginfo/dwarf/inline-chain.js';
import type { SourceLine } from '../debuginfo/dwarf/lines.js';
import type { Kernel } from '../kernel/kernel.js';
import { codePlace, type CodePlace } from './code.js';
import { codeAddressOf, type Frame } from './frame.js';

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
  const chain = place?.module === undefined ? inlineChain(kernel, frame) : undefined;
  const named = { frame, ...(place ? { place, function: place.function } : {}) };
  if (chain === undefined) return [{ ...named, level: 0, inlined: false }];
  return chain.map(({ inlined, source, function: name }, level) => ({
    ...(inlined ? { frame } : named),
    level, inlined,
    ...(name === undefined ? {} : { function: name }),
    ...(source ? { source } : {}),
  }));
}

/** A return address behind a call that does not return may belong to the next function already: the call's own place counts. */
function placeOf(kernel: Kernel, frame: Frame): CodePlace | undefined {
  const place = codePlace(kernel, codeAddressOf(frame));
  return place && { ...place, offset: place.offset + (frame.interrupted ? 0 : 1) };
}

function inlineChain(kernel: Kernel, frame: Frame): readonly InlineFrame[] | undefined {
  try {
    return kernel.debugInfo()?.inlineChainAt(codeAddressOf(frame));
  } catch (error) {
    if (!(error instanceof DwarfError)) throw error;
    kernel.gap('functions by DWARF', error.message);
    return undefined;
  }
}
