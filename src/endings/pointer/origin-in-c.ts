import type { Origin } from '../../arch/architecture.js';
import { memberAt } from '../../debuginfo/member-at.js';
import type { CodeSymbol, CType } from '../../debuginfo/type-source.js';
import { resolveType, sizeOf } from '../../debuginfo/type-walk.js';
import type { Kernel } from '../../kernel/kernel.js';
import { codePlace } from '../../stack/code.js';
import { defined } from '../../words/defined.js';
import { readThrough, type Expression } from './expression.js';
import { variableIn } from './variable-in.js';

/** What a value's origin is in C; undefined where names or types do not tell. */
export function originInC(kernel: Kernel, { base, loads }: Origin, of: CodeSymbol): Expression | undefined {
  const [first, ...more] = loads;
  if (base.is === 'argument') return through(argument(kernel, of, base.number), loads);
  if (base.is === 'result') return through(result(kernel, base.address), loads);
  if (base.is === 'register') {
    const operand = { register: base.register, displacement: first ?? 0, bytes: POINTER_BYTES };
    return through(variableIn(kernel, base.address, operand), loads);
  }
  return first === undefined ? undefined : through(variable(kernel, base.address, first), more);
}

const POINTER_BYTES = 8;
const BY_CODE = 'the code of the function, and the types';

function through(from: Expression | undefined, loads: readonly number[]): Expression | undefined {
  return loads.reduce<Expression | undefined>((value, offset) => {
    const found = value && readThrough(value, offset, POINTER_BYTES);
    return found?.type !== undefined && isWord(found.type) ? found : undefined;
  }, from);
}

function isWord(type: CType): boolean {
  return isScalar(type) && sizeOf(type) === POINTER_BYTES;
}

/** A struct by value takes more registers than one, or none. */
function argument(kernel: Kernel, of: CodeSymbol, number: number): Expression | undefined {
  const parameters = functionType(kernel, of)?.parameters.slice(0, number + 1) ?? [];
  const own = parameters[number];
  if (own === undefined || /^(?:|__unused\w*)$/.test(own.name) || !parameters.every(({ type }) => isScalar(type())))
    return undefined;
  return { text: own.name, type: own.type(), source: BY_CODE };
}

function isScalar(type: CType): boolean {
  return ['int', 'pointer', 'enum'].includes(resolveType(type).kind) && sizeOf(type)! <= POINTER_BYTES;
}

function result(kernel: Kernel, address: bigint): Expression | undefined {
  const place = codePlace(kernel, address);
  if (place === undefined || place.offset !== 0) return undefined;
  const type = functionType(kernel, { ...place, name: place.function, address })?.returns();
  return type && isWord(type) ? { text: `${place.function}(…)`, type, source: BY_CODE } : undefined;
}

function functionType(kernel: Kernel, symbol: CodeSymbol): ReturnType<Kernel['types']['functionType']> {
  // Static functions of one name may differ, and BTF has one of them.
  const alike = kernel.symbols.lookup(symbol.name).filter(({ module }) => module === symbol.module);
  if (alike.length > 1) return undefined;
  return kernel.types.functionType(symbol);
}

/** What a variable holds at an offset, by its name: "current_task", "pcpu_hot.current_task". */
function variable(kernel: Kernel, address: bigint, offset: number): Expression | undefined {
  const found = kernel.symbols.at(address + BigInt(offset));
  if (found === undefined) return undefined;
  const { name } = found.symbol;
  const type = kernel.types.variable(name);
  const struct = type && resolveType(type);
  if (struct?.kind === 'struct' || struct?.kind === 'union') {
    const member = memberAt(struct, found.offset, (one) => sizeOf(one) === POINTER_BYTES);
    return member && { text: `${name}.${member.path}`, type: member.type, source: BY_CODE };
  }
  if (found.offset !== 0) return undefined;
  return { text: name, source: BY_CODE, ...defined({ type }) };
}
