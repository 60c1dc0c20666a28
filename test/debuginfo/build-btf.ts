/** Packs BTF by hand, for the odd cases: each type is its words after the name. */
export interface RawType {
  name?: string;
  kind: number;
  vlen?: number;
  kflag?: boolean;
  /** size or type */
  last: number;
  /** Words that follow; strings stand for their offset. */
  rest?: readonly (number | string)[];
}

export function buildBtf(
  types: readonly RawType[],
  options: { headerLength?: number; layout?: readonly number[]; firstString?: number } = {},
): Uint8Array {
  const strings: number[] = options.firstString === undefined ? [0] : [];
  const known = new Map<string, number>([['', 0]]);
  const offsetOf = (text: string): number => {
    let offset = known.get(text);
    if (offset === undefined) {
      offset = strings.length + (options.firstString ?? 0);
      known.set(text, offset);
      strings.push(...Buffer.from(`${text}\0`, 'latin1'));
    }
    return offset;
  };
  const words: number[] = [];
  for (const type of types) {
    words.push(
      offsetOf(type.name ?? ''),
      ((type.kflag ? 0x80000000 : 0) | (type.kind << 24) | (type.vlen ?? 0)) >>> 0,
      type.last,
    );
    for (const word of type.rest ?? []) words.push(typeof word === 'string' ? offsetOf(word) : word >>> 0);
  }
  const headerLength = options.headerLength ?? 24;
  const layout = options.layout ?? [];
  const bytes = new Uint8Array(headerLength + words.length * 4 + strings.length + layout.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, true);
  view.setUint8(2, 1);
  view.setUint32(4, headerLength, true);
  view.setUint32(8, 0, true);
  view.setUint32(12, words.length * 4, true);
  view.setUint32(16, words.length * 4, true);
  view.setUint32(20, strings.length, true);
  if (headerLength >= 32) {
    view.setUint32(24, words.length * 4 + strings.length, true);
    view.setUint32(28, layout.length, true);
  }
  words.forEach((word, i) => view.setUint32(headerLength + i * 4, word, true));
  bytes.set(strings, headerLength + words.length * 4);
  bytes.set(layout, headerLength + words.length * 4 + strings.length);
  return bytes;
}
