/**
 * The part of binary-parser that is used here. Its own declarations stand where "nodenext" does not look, and type
 * what `parse` returns as `any`; these grow the result's type with each field.
 */
declare module 'binary-parser' {
  export class Parser<Fields = unknown> {
    endianness(order: 'little' | 'big'): this;
    seek(bytes: number): this;
    uint16<Name extends string>(name: Name): Parser<Fields & Record<Name, number>>;
    uint32<Name extends string>(name: Name): Parser<Fields & Record<Name, number>>;
    int32<Name extends string>(name: Name): Parser<Fields & Record<Name, number>>;
    uint64<Name extends string>(name: Name): Parser<Fields & Record<Name, bigint>>;
    int64<Name extends string>(name: Name): Parser<Fields & Record<Name, bigint>>;
    string<Name extends string>(
      name: Name,
      options: { length: number; stripNull?: boolean; encoding?: string },
    ): Parser<Fields & Record<Name, string>>;
    /** @throws RangeError where the bytes end within the fields */
    parse(bytes: Uint8Array): Fields;
  }
}
