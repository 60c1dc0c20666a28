import type { CType } from '../debuginfo/type-source.js';
import { resolveType, typeName } from '../debuginfo/type-walk.js';
import { counted } from '../words/quantity.js';
import { parseDeclared, scalarByName, tagOf, type DeclaredType } from './declared-type.js';
import { scalarOf, unwrapped, type ReaderHost } from './readers.js';

/**
 * What a declared type says of a member, held against what this kernel has. A reader goes by the kernel's type, so what
 * it gives may be right all the same; but who wrote it meant something else, and has a misspelt type, a member of
 * another name or a struct of another era. Types that are wider than the kernel's fit: they hold every value.
 * @param bitSize of a bit field; 0 of a plain member
 * @returns "is declared as `u32` (4 bytes), and is `unsigned long` (8 bytes) in this kernel"; undefined where it fits
 */
export function misdeclared(host: ReaderHost, declared: string, actual: CType, bitSize: number): string | undefined {
  const parsed = parseDeclared(declared);
  const found = bitSize > 0 ? fieldDiffers(host, parsed.base, actual, bitSize) : differs(host, parsed, actual);
  if (found === undefined) return undefined;
  const inBytes = (size: number | undefined): string =>
    size === undefined ? '' : ` (${parsed.stars + parsed.dimensions > 0 ? 'each ' : ''}${counted(size, 'byte')})`;
  const own = `\`${declared}\`${inBytes(found.own)}${found.isUnknown ? ', which is no type of this kernel' : ''}`;
  const kernels = bitSize > 0 ? `a bit field of ${bitSize} bits` : `\`${inShapesWords(actual)}\``;
  return `is declared as ${own}, and is ${kernels}${inBytes(found.kernels)} in this kernel`;
}

/** What there is to say of it: sizes of the scalars in bytes, where these make it. */
interface Difference {
  own?: number;
  kernels?: number;
  isUnknown?: true;
}

const unknown: Difference = { isUnknown: true };

function differs(host: ReaderHost, declared: DeclaredType, actual: CType): Difference | undefined {
  const type = resolveType(actual);
  if (declared.dimensions > 0) {
    if (type.kind !== 'array') return {};
    return differs(host, { ...declared, dimensions: declared.dimensions - 1 }, type.element());
  }
  if (declared.stars > 0) return pointerDiffers(host, declared, unwrapped(type));
  const tag = tagOf(declared.base);
  if (tag !== undefined) return structDiffers(host, declared.base, type);
  return scalarDiffers(host, declared.base, actual);
}

function pointerDiffers(host: ReaderHost, { base, stars }: DeclaredType, type: CType): Difference | undefined {
  if (base === 'void') return undefined;
  const target = type.kind === 'pointer' ? type.target() : undefined;
  const pointee = target && resolveType(target);
  // A void pointer, or an address in a number: what stands there is the author's to know.
  if (target === undefined || pointee === undefined || pointee.kind === 'void')
    return base === 'char' || isKnown(host, base) ? undefined : unknown;
  if (stars > 1) {
    if (pointee.kind === 'pointer') return pointerDiffers(host, { base, stars: stars - 1, dimensions: 0 }, pointee);
    return {};
  }
  // Behind a pointer may stand an array, which C declares as its first element.
  const first = pointee.kind === 'array' ? pointee.element() : target;
  return tagOf(base) === undefined ? scalarDiffers(host, base, first, true) : structDiffers(host, base, first);
}

function structDiffers(host: ReaderHost, base: string, actual: CType): Difference | undefined {
  const type = resolveType(actual);
  if (type.kind !== 'struct' && type.kind !== 'union' && type.kind !== 'forward') return {};
  const tag = tagOf(base);
  // One without a tag has the name that the shape gives it.
  if (type.name === '' || type.name === tag || namesOf(actual).includes(tag ?? '')) return undefined;
  const named = host.typeNamed(base);
  if (named === undefined) return unknown;
  const meant = resolveType(named);
  return 'name' in meant && meant.name === type.name ? undefined : {};
}

/** @param exactly behind a pointer, where a value that is wider would take its neighbour in */
function scalarDiffers(host: ReaderHost, base: string, actual: CType, exactly = false): Difference | undefined {
  const found = scalarOf(unwrapped(actual));
  if (found === undefined) return isKnown(host, base) ? {} : unknown;
  if (namesOf(actual).includes(base)) return undefined;
  const size = sizeNamed(host, base);
  if (size === undefined) return unknown;
  const type = resolveType(actual);
  if (base.startsWith('enum ') && type.kind === 'enum' && type.name !== '') return {};
  const fits = exactly ? size === found.size : size >= found.size;
  if (fits) return undefined;
  // Of a struct of one member, the sizes would say nothing.
  return type.kind === 'struct' || type.kind === 'union' ? {} : { own: size, kernels: found.size };
}

function fieldDiffers(host: ReaderHost, base: string, actual: CType, bits: number): Difference | undefined {
  if (base === 'bool' && bits === 1) return undefined;
  const size = namesOf(actual).includes(base) ? scalarOf(unwrapped(actual))?.size : sizeNamed(host, base);
  if (size === undefined) return unknown;
  return base === 'bool' || size * 8 < bits ? { own: size } : undefined;
}

function isKnown(host: ReaderHost, base: string): boolean {
  if (base.startsWith('enum ')) return host.typeNamed(base) !== undefined;
  return scalarByName(shapesWords[base] ?? base) !== undefined || host.typeNamed(base) !== undefined;
}

/** In bytes, of a scalar that LP64 or this kernel's types know. */
function sizeNamed(host: ReaderHost, base: string): number | undefined {
  if (!isKnown(host, base)) return undefined;
  const own = scalarByName(shapesWords[base] ?? base);
  if (own !== undefined) return own.size;
  const named = host.typeNamed(base);
  return named && scalarOf(unwrapped(named))?.size;
}

/** All names that C has for it: of each typedef on the way, and of what it ends in. */
function namesOf(actual: CType): string[] {
  const names: string[] = [];
  let at = actual;
  for (let depth = 0; depth < 16; depth++) {
    if (at.kind === 'typedef') names.push(at.name);
    if (at.kind !== 'typedef' && at.kind !== 'qualified') break;
    at = at.target();
  }
  if (at.kind === 'int') names.push(at.name);
  if (at.kind === 'enum') names.push(`enum ${at.name}`);
  return names;
}

/** As a shape would declare it: compilers have other words for some of them. */
function inShapesWords(type: CType): string {
  return typeName(type).replace(
    /^(?:const |volatile )*([a-z_ ]+?)(?= ?[*[]|$)/i,
    (words, bare: string) => shapesWords[bare] ?? words,
  );
}

const shapesWords: Readonly<Record<string, string>> = {
  'long unsigned int': 'unsigned long',
  'long int': 'long',
  'long long unsigned int': 'unsigned long long',
  'long long int': 'long long',
  'short unsigned int': 'unsigned short',
  'short int': 'short',
  _Bool: 'bool',
};
