import { Kind } from '../debuginfo/btf/format.js';

/** A type by its words: what follows the name. Strings among `rest` stand for their offset in the string section. */
export interface RawType {
  name?: string;
  kind: number;
  vlen?: number;
  kflag?: boolean;
  /** Its size, or the id of the type it leads to. */
  last: number;
  rest?: readonly (number | string)[];
}

const HEADER_BYTES = 24;

/** A BTF blob (include/uapi/linux/btf.h) of types whose ids count from 1. */
export function buildBtf(types: readonly RawType[]): Uint8Array {
  const strings: number[] = [0];
  const known = new Map<string, number>([['', 0]]);
  const offsetOf = (text: string): number => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const offset = strings.length;
    known.set(text, offset);
    strings.push(...Buffer.from(`${text}\0`, 'latin1'));
    return offset;
  };
  const words = types.flatMap(({ name = '', kind, vlen = 0, kflag = false, last, rest = [] }) => [
    offsetOf(name),
    ((kflag ? 0x8000_0000 : 0) | (kind << 24) | vlen) >>> 0,
    last,
    ...rest.map((word) => (typeof word === 'string' ? offsetOf(word) : word >>> 0)),
  ]);
  const bytes = new Uint8Array(HEADER_BYTES + words.length * 4 + strings.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, true);
  view.setUint8(2, 1);
  view.setUint32(4, HEADER_BYTES, true);
  view.setUint32(12, words.length * 4, true);
  view.setUint32(16, words.length * 4, true);
  view.setUint32(20, strings.length, true);
  words.forEach((word, i) => view.setUint32(HEADER_BYTES + i * 4, word, true));
  bytes.set(strings, HEADER_BYTES + words.length * 4);
  return bytes;
}

/** INT's encoding word: 1 signed, 2 char, 4 bool; then the width in bits. */
export function rawInt(name: string, size: number, encoding: number): RawType {
  return { name, kind: Kind.INT, last: size, rest: [(encoding << 24) | (size * 8)] };
}
