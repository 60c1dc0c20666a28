import { globals } from '../../symbols/globals.js';
import type { CType, TypeSource } from '../debuginfo/type-source.js';
import type { SymbolTable } from '../debuginfo/symbol-table.js';
import { resolveType } from '../debuginfo/type-walk.js';
import { parseDeclared } from './declared-type.js';
import { ShapeError } from './gaps.js';
import { readerFor, type Reader, type ReaderHost } from './readers.js';
import { didYouMean } from '../words/nearest-word.js';
import type { ValueOf } from './shape.js';

export type GlobalName = keyof typeof globals;

export type GlobalValue<N extends GlobalName> = ValueOf<(typeof globals)[N]['type']>;

interface GlobalSpec {
  readonly type: string;
  readonly length?: string | number;
  readonly percpu?: boolean;
}

export interface BoundGlobal {
  readonly address: bigint;
  readonly percpu: boolean;
  readonly read: Reader;
}

/** Longest array of globals that is believed. */
const MOST_ELEMENTS = 1 << 16;

/**
 * A declared global of this kernel, its type held against what the kernel's own types say of it where they say
 * anything.
 * @param symbols the kernel's own, without those of its modules
 * @returns undefined where this kernel has no such symbol
 * @throws ShapeError where its type is another
 */
export function bindGlobal(
  host: ReaderHost,
  symbols: SymbolTable,
  types: TypeSource,
  name: GlobalName,
): BoundGlobal | undefined {
  const spec: GlobalSpec | undefined = globals[name];
  // Where types are not checked, it may be any name.
  if (spec === undefined) throw new ShapeError(notDeclared(name));
  const candidates = symbols.lookup(name);
  const symbol = candidates.find((candidate) => /[dDbBrRaAVvws]/.test(candidate.type)) ?? candidates[0];
  if (!symbol) return undefined;
  const actual = completeVariable(types, name) ?? declaredArray(host, types, spec, symbol.size);
  const read = readerFor(host, spec.type, actual, false);
  if (typeof read === 'string') throw new ShapeError(`the variable \`${name}\` is ${read}`);
  return { address: symbol.address, percpu: spec.percpu ?? false, read };
}

function notDeclared(name: string): string {
  const near = didYouMean(name, Object.keys(globals)) || `; kernel.symbolNamed('${name}') gives its address`;
  return `oompm declares no variable \`${name}\`, so its type is not known${near}`;
}

/** The variable's type, unless it is that of an `extern` declaration of an array without a length. */
function completeVariable(types: TypeSource, name: string): CType | undefined {
  const type = types.variable(name);
  const resolved = type && resolveType(type);
  return resolved?.kind === 'array' && resolved.length === 0 ? undefined : type;
}

/** BTF knows no variables: an array's length comes from its declaration, else from the room up to the next symbol. */
function declaredArray(host: ReaderHost, types: TypeSource, spec: GlobalSpec, room: number): CType | undefined {
  const parsed = parseDeclared(spec.type);
  if (parsed.dimensions === 0) return undefined;
  const element = elementType(host, parsed.base, parsed.stars);
  if (!element) return undefined;
  const size = element.size;
  const declared = typeof spec.length === 'string' ? Number(types.enumerator(spec.length) ?? -1n) : (spec.length ?? -1);
  const length = declared >= 0 ? declared : Math.min(Math.floor(room / size), MOST_ELEMENTS);
  return { kind: 'array', element: () => element.type, length };
}

function elementType(host: ReaderHost, base: string, stars: number): { type: CType; size: number } | undefined {
  if (stars > 0) return { type: { kind: 'pointer', target: () => ({ kind: 'void' }), size: 8 }, size: 8 };
  const named = host.typeNamed(base);
  const type = named && resolveType(named);
  return type && 'size' in type ? { type, size: type.size } : undefined;
}
