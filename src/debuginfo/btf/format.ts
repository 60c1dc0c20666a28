import { InputError } from '../../bytes/input-error.js';

/** include/uapi/linux/btf.h */
export const Kind = {
  INT: 1,
  PTR: 2,
  ARRAY: 3,
  STRUCT: 4,
  UNION: 5,
  ENUM: 6,
  FWD: 7,
  TYPEDEF: 8,
  VOLATILE: 9,
  CONST: 10,
  RESTRICT: 11,
  FUNC: 12,
  FUNC_PROTO: 13,
  VAR: 14,
  DATASEC: 15,
  FLOAT: 16,
  DECL_TAG: 17,
  TYPE_TAG: 18,
  ENUM64: 19,
} as const;

/** What follows a type's three words, in words: some once, some for each of its `vlen` elements. */
export interface KindLayout {
  once: number;
  each: number;
}

const knownLayouts: readonly KindLayout[] = Array.from({ length: Kind.ENUM64 + 1 }, (_, kind) => {
  switch (kind) {
    case Kind.INT:
    case Kind.VAR:
    case Kind.DECL_TAG:
      return { once: 1, each: 0 };
    case Kind.ARRAY:
      return { once: 3, each: 0 };
    case Kind.STRUCT:
    case Kind.UNION:
    case Kind.DATASEC:
    case Kind.ENUM64:
      return { once: 0, each: 3 };
    case Kind.ENUM:
    case Kind.FUNC_PROTO:
      return { once: 0, each: 2 };
    default:
      return { once: 0, each: 0 };
  }
});

/** A BTF blob taken apart, not yet read: `words` is the type section, little endian as this machine is. */
export interface BtfSections {
  words: Uint32Array;
  strings: Uint8Array;
  /** The layout of `kind`, or undefined for one that neither this code nor the blob's own layout table knows. */
  layout(kind: number): KindLayout | undefined;
}

// 7 bits of kind since 7.2, 5 before (the bits between were unused); 24 bits of vlen, 16 before.
export const kindOf = (info: number): number => (info >>> 24) & 0x7f;
export const vlenOf = (info: number): number => info & 0xffffff;
export const kflagOf = (info: number): boolean => info >>> 31 === 1;

const MAGIC = 0xeb9f;
const SHORTEST_HEADER = 24;
const HEADER_WITH_LAYOUT = 32;

/**
 * Checks the header and cuts out its sections. `hdr_len` is respected: headers grow (to 32 bytes in 7.2, for the layout
 * table).
 * @throws InputError
 */
export function btfSections(bytes: Uint8Array, source: string): BtfSections {
  const broken = (what: string): InputError => new InputError(`The types in ${source} can't be read: ${what}.`);
  if (bytes.length < SHORTEST_HEADER) throw broken(`${bytes.length} bytes are too few for a BTF header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint16(0, true);
  if (magic === 0x9feb) throw broken('it is big-endian BTF');
  if (magic !== MAGIC) throw broken(`it starts with 0x${magic.toString(16)}, not with BTF's magic`);
  const version = view.getUint8(2);
  if (version !== 1) throw broken(`it is BTF version ${version}, and only 1 is known`);
  const headerLength = view.getUint32(4, true);
  if (headerLength < SHORTEST_HEADER || headerLength > bytes.length)
    throw broken(`its header claims ${headerLength} bytes`);

  const section = (at: number, name: string): Uint8Array => {
    const start = headerLength + view.getUint32(at, true);
    const end = start + view.getUint32(at + 4, true);
    if (end > bytes.length)
      throw broken(`its ${name} section ends at ${end}, after the end of its ${bytes.length} bytes`);
    return bytes.subarray(start, end);
  };
  const types = section(8, 'type');
  const strings = section(16, 'string');
  if (types.length % 4 !== 0) throw broken('its type section is not made of whole words');
  const table = headerLength >= HEADER_WITH_LAYOUT ? section(24, 'layout') : new Uint8Array(0);
  return {
    // A copy: the blob may lie at any address, and a Uint32Array may not.
    words: new Uint32Array(new Uint8Array(types).buffer),
    strings,
    layout(kind) {
      if (kind > 0 && kind < knownLayouts.length) return knownLayouts[kind];
      // struct btf_layout: u8 info_sz, u8 elem_sz, u16 flags
      const once = table[kind * 4];
      const each = table[kind * 4 + 1];
      if (kind === 0 || once === undefined || each === undefined || once % 4 !== 0 || each % 4 !== 0) return undefined;
      return { once: once / 4, each: each / 4 };
    },
  };
}
