import type { AddressKey } from './address-key.js';
import { damaged } from './dwarf-error.js';

/** Reads forward over bytes of a section; little endian, as all machines are whose DWARF is read. */
export class Cursor {
  /**
   * @param base the offset in the section of the first byte, for messages
   * @param view of the same bytes, where many cursors share one: making it costs more than most reads
   */
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
    private readonly section: string,
    private readonly base: number,
    public end: number = bytes.length,
    private readonly view: DataView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  ) {
    if (!(at >= 0 && at <= end && end <= bytes.length)) throw this.damaged('lies outside of its unit');
  }

  damaged(what: string): Error {
    return damaged(this.section, this.base + this.at, what);
  }

  /** Where it stands in the section. */
  get position(): number {
    return this.base + this.at;
  }

  /** What is left, as a cursor of its own. */
  slice(): Cursor {
    return new Cursor(this.bytes, this.at, this.section, this.base, this.end, this.view);
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  skip(length: number): void {
    this.at += this.has(length);
  }

  take(length: number): Uint8Array {
    this.has(length);
    const from = this.at;
    this.at += length;
    return this.bytes.subarray(from, this.at);
  }

  /** Most of what is read; so it checks by itself. */
  u8(): number {
    if (this.at >= this.end) throw this.damaged('runs past the end of its unit');
    return this.bytes[this.at++]!;
  }

  i8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    this.has(2);
    this.at += 2;
    return this.view.getUint16(this.at - 2, true);
  }

  u24(): number {
    return this.u8() | (this.u16() << 8);
  }

  u32(): number {
    this.has(4);
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  /** Offsets and lengths: beyond 2^53 they lie outside of every file, rounded or not. */
  u64(): number {
    this.has(8);
    this.at += 8;
    return this.view.getUint32(this.at - 8, true) + this.view.getUint32(this.at - 4, true) * 2 ** 32;
  }

  u64Exact(): bigint {
    this.has(8);
    this.at += 8;
    return this.view.getBigUint64(this.at - 8, true);
  }

  /** An unsigned number of 1, 2, 3, 4 or 8 bytes. */
  unsigned(size: number): number {
    switch (size) {
      case 1:
        return this.u8();
      case 2:
        return this.u16();
      case 3:
        return this.u24();
      case 4:
        return this.u32();
      case 8:
        return this.u64();
      default:
        throw this.damaged(`has a number of ${size} bytes`);
    }
  }

  address(size: number): AddressKey {
    if (size !== 8) return this.unsigned(size);
    this.has(8);
    this.at += 8;
    return this.view.getUint32(this.at - 8, true) + this.view.getInt32(this.at - 4, true) * 2 ** 32;
  }

  offset(size: 4 | 8): number {
    return size === 4 ? this.u32() : this.u64();
  }

  /** Unsigned LEB128, as a double: exact to 2^53. */
  uleb(): number {
    let byte = this.u8();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let factor = 128;
    for (let i = 1; i < MAX_LEB; i++) {
      byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw this.damaged('ends a number without an end');
  }

  /** Signed LEB128, as a double: exact to 2^53. */
  sleb(): number {
    const from = this.at;
    let value = 0;
    let factor = 1;
    for (let i = 0; i < MAX_EXACT_LEB; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte < 0x80) return byte & 0x40 ? value - factor : value;
    }
    this.at = from;
    return Number(this.slebExact());
  }

  ulebExact(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 7n * BigInt(MAX_LEB); shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw this.damaged('ends a number without an end');
  }

  slebExact(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 7n * BigInt(MAX_LEB); shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, byte & 0x40 ? value - (1n << (shift + 7n)) : value);
    }
    throw this.damaged('ends a number without an end');
  }

  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  cString(): string {
    const from = this.at;
    const nul = this.bytes.indexOf(0, from);
    if (nul < 0 || nul >= this.end) throw this.damaged('starts a string without an end');
    this.at = nul + 1;
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + from, nul - from).toString('utf8');
  }

  skipString(): void {
    const nul = this.bytes.indexOf(0, this.at);
    if (nul < 0 || nul >= this.end) throw this.damaged('starts a string without an end');
    this.at = nul + 1;
  }

  /** An initial length: 4 bytes, or 12 for the 64-bit format. */
  initialLength(): { length: number; offsetSize: 4 | 8 } {
    const first = this.u32();
    if (first === 0xffffffff) return { length: this.u64(), offsetSize: 8 };
    if (first >= 0xfffffff0) throw this.damaged('has a reserved length');
    return { length: first, offsetSize: 4 };
  }

  private has(length: number): number {
    if (!(length >= 0) || this.at + length > this.end) throw this.damaged('runs past the end of its unit');
    return length;
  }
}

/** Bytes of a LEB128 number: ten hold 64 bits; some writers pad. */
const MAX_LEB = 16;
/** Bytes whose digits a double holds exactly. */
const MAX_EXACT_LEB = 7;
