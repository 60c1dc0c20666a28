import type { CType, EnumType, StructType, TypeSource } from '../debuginfo/type-source.js';

/**
 * Several sources as one, the first that knows a name answers: a vmlinux before the dump itself, the kernel before its
 * modules. Later ones are made when the earlier have no answer.
 */
export function typesInTurn(first: TypeSource, later: () => readonly TypeSource[] | undefined): TypeSource {
  function ask<T>(question: (source: TypeSource) => T | undefined): T | undefined {
    const answer = question(first);
    if (answer !== undefined) return answer;
    for (const source of later() ?? []) {
      const found = question(source);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return {
    source: first.source,
    struct: (name, definedBy): StructType | undefined => ask((source) => source.struct(name, definedBy)),
    enum: (name, definedBy): EnumType | undefined => ask((source) => source.enum(name, definedBy)),
    typedef: (name, definedBy): CType | undefined => ask((source) => source.typedef(name, definedBy)),
    enumerator: (name, definedBy) => ask((source) => source.enumerator(name, definedBy)),
    variable: (name) => ask((source) => source.variable(name)),
    functionType: (symbol) => ask((source) => source.functionType(symbol)),
    *structNames() {
      yield* first.structNames();
      for (const source of later() ?? []) yield* source.structNames();
    },
    *typeNames() {
      yield* first.typeNames();
      for (const source of later() ?? []) yield* source.typeNames();
    },
  };
}
