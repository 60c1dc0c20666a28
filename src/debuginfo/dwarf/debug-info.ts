import type { TypeSource } from '../type-source.js';
import { cfiLookup, type Cfi } from './cfi.js';
import { openDwarfFile } from './dwarf-file.js';
import { dwarfTypes } from './dwarf-types.js';
import { codeAddress, type FrameState, type ReadMemory } from './frame-state.js';
import { frameContext, MAX_ENTRY_VALUES } from './frame-context.js';
import { codeLookup, inlineChain, type InlineFrame } from './inline-chain.js';
import type { SourceLine } from './lines.js';
import type { DebugSections } from './sections.js';
import { unitLookup } from './unit-lookup.js';
import { variablesOf, type Variable } from './variables.js';

/** What the DWARF of a vmlinux says of a dead machine; all addresses are the machine's, KASLR's offset added. */
export interface DebugInfo {
  /** Types by name and anchor function. */
  types(addressOf: (name: string) => bigint | undefined): TypeSource;
  /**
   * The functions at an address, innermost first; undefined where no unit has code there. For a return address ask for
   * the byte before it.
   */
  inlineChainAt(address: bigint): InlineFrame[] | undefined;
  /** The line of the instruction at an address. */
  lineAt(address: bigint): SourceLine | undefined;
  /**
   * Arguments and locals of one of the functions at a frame.
   * @param level its place in the inline chain, 0 for the innermost
   */
  variablesAt(frame: FrameState, level: number, read: ReadMemory): Variable[];
  /** How the caller's frame is found from one at an address. */
  cfiFor(address: bigint): Cfi | undefined;
}

/**
 * Opens the debug information of a file; nothing is read before something is asked for.
 * @returns undefined where the file has no DWARF. All that is asked of the result throws DwarfError where the DWARF is
 *   damaged.
 */
export function openDebugInfo(sections: DebugSections, kaslrOffset: bigint): DebugInfo | undefined {
  const file = openDwarfFile(sections);
  if (file === undefined) return undefined;
  const unitAt = unitLookup(file);
  const types = dwarfTypes(file, unitAt);
  const code = codeLookup(file, unitAt);
  const cfi = cfiLookup(file);
  return {
    types: (addressOf) => types.sourceFor(addressOf, kaslrOffset),
    inlineChainAt(address) {
      const found = code.at(address - kaslrOffset);
      return found === undefined ? undefined : inlineChain(found);
    },
    lineAt: (address) => code.lineAt(address - kaslrOffset),
    variablesAt(frame, level, read) {
      const found = code.at(codeAddress(frame) - kaslrOffset);
      return found === undefined
        ? []
        : variablesOf(
            found,
            level,
            types.materialiser,
            frameContext(found, frame, { code, cfi, read, kaslrOffset, entryValues: { left: MAX_ENTRY_VALUES } }),
          );
    },
    cfiFor(address) {
      const found = cfi(address - kaslrOffset);
      return found === undefined
        ? undefined
        : { ...found, low: found.low + kaslrOffset, high: found.high + kaslrOffset };
    },
  };
}
