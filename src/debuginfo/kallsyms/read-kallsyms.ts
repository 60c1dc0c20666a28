import type { KernelImage } from '../../arch/architecture.js';
import type { SymbolName } from '../../../symbols/symbol-names.js';
import { areWordsAscending } from '../../bytes/ascending-order.js';
import { InputError } from '../../bytes/input-error.js';
import { nothingKept, type KeptColumns } from '../../bytes/kept-columns.js';
import { symbolTable } from '../compact-symbols.js';
import type { SymbolTable } from '../symbol-table.js';
import { ADDRESS_CODINGS, decodeAddresses, entryBytes, type AddressCoding } from './addresses.js';
import { locateKallsyms } from './locate.js';
import { readTable, readUpTo, type PagedMemory } from './memory-reader.js';
import { firstNamed, LENGTH_CODINGS, namesOf, readNames, type LengthCoding, type PackedNames } from './names.js';
import { FOUND_BY, type KallsymsPlaces } from './places.js';
import { LONGEST_TOKEN_TABLE, readTokens, TOKEN_INDEX_BYTES, type Tokens } from './tokens.js';

// Some 2 MB in real kernels.
const MOST_PACKED_BYTES = 64 << 20;

/**
 * The kernel's own symbol table, from its memory: kernel/kallsyms.c, as scripts/kallsyms.c writes it, 5.10 to 7.2.
 * @param symbol a SYMBOL() of VMCOREINFO as it stands there; kernels before 6.0 name none of the tables, and they are
 *   searched for
 * @throws InputError where no table is found, or it can't be read or decoded
 */
export function readKallsyms(
  memory: PagedMemory,
  symbol: (name: string) => bigint | undefined,
  image: KernelImage,
  kept: KeptColumns = nothingKept,
): SymbolTable {
  const found = kept.of('kallsyms', () => readTables(memory, symbol, image));
  const tokens = tokensIn(found.tokenTable, found.tokenIndex);
  const [names, addresses, places] = found.codings;
  return symbolTable(
    { addresses: found.addresses, kept, ...namesOf(found, tokens, LENGTH_CODINGS[names!]!, kept) },
    inWords(FOUND_BY[places!]!, ADDRESS_CODINGS[addresses!]!),
  );
}

/** All that is read of the tables, with the places of how it is to be read in `LENGTH_CODINGS` and the like. */
interface ReadTables extends PackedNames {
  addresses: BigUint64Array;
  tokenTable: Uint8Array;
  tokenIndex: Uint8Array;
  codings: Uint8Array;
}

/** In each reading that comes into question, until one puts _stext where it is. @throws InputError */
function readTables(memory: PagedMemory, symbol: (name: string) => bigint | undefined, image: KernelImage): ReadTables {
  const places = locateKallsyms(memory, symbol, image);
  const tokenTable = readUpTo(memory, places.tokenTable, LONGEST_TOKEN_TABLE).bytes;
  const tokenIndex = readTable(memory, places.tokenIndex, TOKEN_INDEX_BYTES, 'kallsyms_token_index');
  const tokens = tokensIn(tokenTable, tokenIndex);
  const stext = symbol('_stext');
  let isDisordered = false;
  let isMixedUp = false;
  for (const { names, coding } of namesAt(memory, places, tokens)) {
    const first = (name: string): number | undefined => firstNamed(name, names, tokens, coding);
    const nameOfText = first('_stext' satisfies SymbolName) ?? first('_text' satisfies SymbolName);
    for (const reading of places.addresses) {
      const bytes = readUpTo(memory, reading.at, places.count * entryBytes(reading.coding)).bytes;
      if (bytes.length < places.count * entryBytes(reading.coding)) continue;
      const addresses = decodeAddresses({ ...reading, bytes }, places.count);
      const foundStext = nameOfText === undefined ? undefined : addresses[nameOfText];
      const fits = stext === undefined ? isWithinReach(foundStext, places, image) : foundStext === stext;
      // scripts/kallsyms.c sorts them.
      const ascends = areWordsAscending(addresses);
      if (fits && ascends && landmarksFit(symbol, (name) => addresses[first(name) ?? -1])) {
        const codings = Uint8Array.of(
          LENGTH_CODINGS.indexOf(coding),
          ADDRESS_CODINGS.indexOf(reading.coding),
          FOUND_BY.indexOf(places.foundBy),
        );
        return { ...names, addresses, tokenTable, tokenIndex, codings };
      }
      isDisordered ||= fits && !ascends;
      isMixedUp ||= fits && ascends;
    }
  }
  if (isMixedUp)
    throw new InputError("The kernel's symbol table in the dump is damaged: its addresses are not those of its names.");
  if (isDisordered)
    throw new InputError("The kernel's symbol table in the dump is damaged: its addresses do not ascend.");
  throw new InputError(
    `The kernel's symbol table can't be read from the dump: no way of reading its ${places.count} names and addresses puts _stext where it is.`,
  );
}

function tokensIn(table: Uint8Array, index: Uint8Array): Tokens {
  const tokens = readTokens(table, index);
  if (tokens) return tokens;
  throw new InputError(
    "The kernel's symbol table can't be read from the dump: kallsyms_token_table and kallsyms_token_index don't fit together.",
  );
}

/** The names in each coding in which they are names. */
function* namesAt(
  memory: PagedMemory,
  places: KallsymsPlaces,
  tokens: Tokens,
): Generator<{ names: PackedNames; coding: LengthCoding }> {
  // The names stand before the token table in every release; how long they are only decoding tells.
  const distance = places.tokenTable - places.names;
  const limit = distance > 0n && distance < MOST_PACKED_BYTES ? Number(distance) : MOST_PACKED_BYTES;
  const packed = readUpTo(memory, places.names, limit).bytes;
  for (const coding of LENGTH_CODINGS) {
    const names = readNames(packed, places.count, tokens, coding);
    if (names && areFollowedByMarkers(memory, places.names, names)) yield { names, coding };
  }
}

/** Every so many names one has a marker. */
const NAMES_PER_MARKER = 256;

/** In bytes: to a word of the machine, and in 7.x to what a marker has. */
const MARKER_ALIGNMENTS = [8, 4] as const;

/**
 * kallsyms_markers stands right behind the names, aligned: where kallsyms_num_syms is not what it was, that
 * is elsewhere. Nothing speaks against names whose markers can't be read.
 */
function areFollowedByMarkers(memory: PagedMemory, at: bigint, { packed, starts }: PackedNames): boolean {
  const second = starts[NAMES_PER_MARKER];
  return MARKER_ALIGNMENTS.some((align) => {
    const { bytes } = readUpTo(memory, at + BigInt(Math.ceil(packed.length / align) * align), 8);
    if (second === undefined || bytes.length < 8) return true;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return view.getUint32(0, true) === 0 && view.getUint32(4, true) === second;
  });
}

/** VMCOREINFO says where they are, in one or another era; a kernel without CONFIG_KALLSYMS_ALL names none of them. */
const LANDMARKS = ['init_uts_ns', 'node_online_map', 'init_top_pgt', 'prb', 'clear_seq', 'kallsyms_names'] as const;

/** Addresses that ascend may be each another name's. A single line of VMCOREINFO that differs may itself be wrong. */
function landmarksFit(
  symbol: (name: string) => bigint | undefined,
  addressOf: (name: (typeof LANDMARKS)[number]) => bigint | undefined,
): boolean {
  const known = LANDMARKS.flatMap((name) => {
    const [stated, found] = [symbol(name), addressOf(name)];
    return stated === undefined || found === undefined ? [] : [stated === found];
  });
  return known.length < 2 || known.filter(Boolean).length * 2 > known.length;
}

/** Where VMCOREINFO does not say where _stext is, it must lie in the image that the tables lie in. */
function isWithinReach(stext: bigint | undefined, places: KallsymsPlaces, { bytes }: KernelImage): boolean {
  return stext !== undefined && stext < places.names && places.names - stext < BigInt(bytes);
}

function inWords(foundBy: KallsymsPlaces['foundBy'], coding: AddressCoding): string {
  return `kallsyms in the dump (${coding}${foundBy === 'search' ? ', found by search' : ''})`;
}
