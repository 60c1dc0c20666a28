import { memoryReader } from '../../../src/bytes/file-reader.js';
import { FORM, UNIT } from '../../../src/debuginfo/dwarf/constants.js';
import type { DebugSections } from '../../../src/debuginfo/dwarf/sections.js';

/** An entry to be written; `{ ref }` names another by its label. */
export interface ToyEntry {
  tag: number;
  label?: string;
  attributes?: [attribute: number, form: number, value: ToyValue][];
  children?: ToyEntry[];
}

export type ToyValue = number | bigint | string | number[] | { ref: string };

export interface ToyUnit {
  version?: 2 | 3 | 4 | 5;
  kind?: number;
  /** Of a type unit, whose own entry has no attributes: the type is its first child. */
  signature?: bigint;
  entry: ToyEntry;
}

/**
 * Sections with these units, and where the labels stand; each entry has an abbreviation of its own. Further sections
 * are added as they are.
 */
export function toyDwarf(
  units: ToyUnit[],
  further: Record<string, number[]> = {},
): ToySections & { labels: ReadonlyMap<string, { offset: number }> } {
  const info: number[] = [];
  const abbrev: number[] = [];
  const labels = new Map<string, { offset: number; unit: number }>();
  const patches: { at: number; size: number; unit: number; ref: string; whole: boolean }[] = [];
  let code = 0;

  const writeEntry = (entry: ToyEntry, unit: number): void => {
    const { tag, label, attributes = [], children } = entry;
    if (label !== undefined) labels.set(label, { offset: info.length, unit });
    abbrev.push(...uleb(++code), ...uleb(tag), children === undefined ? 0 : 1);
    for (const [attribute, form] of attributes) abbrev.push(...uleb(attribute), ...uleb(form));
    abbrev.push(0, 0);
    info.push(...uleb(code));
    for (const [, form, value] of attributes) {
      if (typeof value === 'object' && 'ref' in value) {
        patches.push({ at: info.length, size: 4, unit, ref: value.ref, whole: form === FORM.ref_addr });
        info.push(0, 0, 0, 0);
      } else info.push(...written(form, value));
    }
    if (children === undefined) return;
    for (const child of children) writeEntry(child, unit);
    info.push(0);
  };

  for (const { version = 5, kind = UNIT.compile, signature, entry } of units) {
    const start = info.length;
    info.push(0, 0, 0, 0, ...fixed(version, 2));
    if (version >= 5) info.push(kind, 8, 0, 0, 0, 0);
    else info.push(0, 0, 0, 0, 8);
    if (signature !== undefined) info.push(...fixed(signature, 8), ...fixed(25, 4));
    writeEntry(entry, start);
    info.splice(start, 4, ...fixed(info.length - start - 4, 4));
  }
  abbrev.push(0);
  for (const { at, unit, ref, whole } of patches) {
    const target = labels.get(ref)!;
    info.splice(at, 4, ...fixed(target.offset - (whole ? 0 : unit), 4));
  }
  return { ...toySections({ '.debug_info': info, '.debug_abbrev': abbrev, ...further }), labels };
}

export type ToySections = DebugSections & { contents: Record<string, Uint8Array> };

export function toySections(contents: Record<string, number[] | Uint8Array>): ToySections {
  const bytes = Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, Uint8Array.from(content)]));
  return { contents: bytes, section: (name) => (bytes[name] === undefined ? undefined : memoryReader(bytes[name])) };
}

export function fixed(value: number | bigint, size: number): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(size * 8, BigInt(value)), i = 0; i < size; i++, rest >>= 8n)
    bytes.push(Number(rest & 0xffn));
  return bytes;
}

export function uleb(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}

export function sleb(value: number | bigint): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt(value); ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const last = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(low | (last ? 0 : 0x80));
    if (last) return bytes;
  }
}

export function text(value: string): number[] {
  return [...Buffer.from(value), 0];
}

function written(form: number, value: number | bigint | string | number[]): number[] {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'object')
    return form === FORM.block1 ? [value.length, ...value] : [...uleb(value.length), ...value];
  switch (form) {
    case FORM.flag_present:
      return [];
    case FORM.data1:
    case FORM.flag:
      return fixed(value, 1);
    case FORM.data2:
      return fixed(value, 2);
    case FORM.data4:
    case FORM.sec_offset:
    case FORM.ref4:
    case FORM.ref_addr:
    case FORM.strp:
    case FORM.GNU_strp_alt:
    case FORM.GNU_ref_alt:
      return fixed(value, 4);
    case FORM.data8:
    case FORM.addr:
    case FORM.ref_sig8:
      return fixed(value, 8);
    case FORM.sdata:
      return sleb(value);
    default:
      return uleb(value);
  }
}
