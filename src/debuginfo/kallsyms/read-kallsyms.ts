import type { KernelImage } from '../../arch/architecture.js';
import type { SymbolName } from '../../../symbols/symbol-names.js';
import { areWordsAscending } from '../../bytes/ascending-order.js';
import { InputError } from '../../bytes/input-error.js';
import { symbolTable } from '../compact-symbols.js';
import type { SymbolTable } from '../symbol-table.js';
import { decodeAddresses, entryBytes, type AddressCoding } from './addresses.js';
import { locateKallsyms } from './locate.js';
import { readTable, readUpTo, type PagedMemory } from './memory-reader.js';
import { readNames, type KallsymsNames } from './names.js';
import type { KallsymsPlaces } from './places.js';
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
): SymbolTable {
  const places = locateKallsyms(memory, symbol, image);
  const tokens = tokensAt(memory, places);
  const stext = symbol('_stext');
  let isDisordered = false;
  for (const names of namesAt(memory, places, tokens)) {
    for (const reading of places.addresses) {
      const bytes = readUpTo(memory, reading.at, places.count * entryBytes(reading.coding)).bytes;
      if (bytes.length < places.count * entryBytes(reading.coding)) continue;
      const addresses = decodeAddresses({ ...reading, bytes }, places.count);
      const table = symbolTable({ addresses, ...names }, inWords(places, reading.coding));
      const foundStext =
        table.addressOf('_stext' satisfies SymbolName) ?? table.addressOf('_text' satisfies SymbolName);
      const fits = stext === undefined ? isWithinReach(foundStext, places, image) : foundStext === stext;
      // scripts/kallsyms.c sorts them.
      if (fits && areWordsAscending(addresses)) return table;
      isDisordered ||= fits;
    }
  }
  if (isDisordered)
    throw new InputError("The kernel's symbol table in the dump is damaged: its addresses do not ascend.");
  throw new InputError(
    `The kernel's symbol table can't be read from the dump: no way of reading its ${places.count} names and addresses puts _stext where it is.`,
  );
}

function tokensAt(memory: PagedMemory, places: KallsymsPlaces): Tokens {
  const table = readUpTo(memory, places.tokenTable, LONGEST_TOKEN_TABLE).bytes;
  const index = readTable(memory, places.tokenIndex, TOKEN_INDEX_BYTES, 'kallsyms_token_index');
  const tokens = readTokens(table, index);
  if (tokens) return tokens;
  throw new InputError(
    "The kernel's symbol table can't be read from the dump: kallsyms_token_table and kallsyms_token_index don't fit together.",
  );
}

/** The names in each coding in which they are names. */
function* namesAt(memory: PagedMemory, places: KallsymsPlaces, tokens: Tokens): Generator<KallsymsNames> {
  // The names stand before the token table in every release; how long they are only decoding tells.
  const distance = places.tokenTable - places.names;
  const limit = distance > 0n && distance < MOST_PACKED_BYTES ? Number(distance) : MOST_PACKED_BYTES;
  const packed = readUpTo(memory, places.names, limit).bytes;
  for (const coding of ['one or two bytes', 'one byte'] as const) {
    const names = readNames(packed, places.count, tokens, coding);
    if (names) yield names;
  }
}

/** Where VMCOREINFO does not say where _stext is, it must lie in the image that the tables lie in. */
function isWithinReach(stext: bigint | undefined, places: KallsymsPlaces, { bytes }: KernelImage): boolean {
  return stext !== undefined && stext < places.names && places.names - stext < BigInt(bytes);
}

function inWords(places: KallsymsPlaces, coding: AddressCoding): string {
  return `kallsyms in the dump (${coding}${places.foundBy === 'search' ? ', found by search' : ''})`;
}
