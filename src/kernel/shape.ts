import type * as all from '../../symbols/shapes.js';

/**
 * What a reader needs of a struct, as plain data: members with the C types that are expected. The grammar of types:
 * - `'int'`, `'unsigned long'`, `'pid_t'`, `'enum x'`, `'atomic_long_t'`, `'bool'`: a number; over 2^53 it is a gap;
 * - `'u64'`, `'s64'`, `'void *'` and pointers to scalars: a bigint;
 * - `'char *'`: the text that it points to, null for NULL; `'char[]'`: text up to NUL;
 * - `'struct x'`, `'struct x *'`: a reference; NULL is null, as it is of a `percpu` member;
 * - `'T[]'`, `'T[][]'`: arrays, as long as the kernel's own type says.
 *
 * A struct of one scalar member (atomic_t, kuid_t) is read as that scalar.
 */
export interface Shape {
  readonly struct: string;
  /** Only some eras or builds have the struct. */
  readonly optional?: true;
  /** A function whose DWARF compile unit has the struct; BTF needs no such hint. */
  readonly definedBy?: string;
  readonly members: Readonly<Record<string, MemberSpec>>;
}

/** A member of a shape: its type in C's words, 'struct page *', and what else there is to say of it. */
export type MemberSpec =
  | string
  | {
      readonly type: string;
      /** Only some eras have it: the value is undefined elsewhere. */
      readonly optional?: true;
      /** A `__percpu` pointer: give it to `kernel.perCpu`. */
      readonly percpu?: true;
      /** Another name of the same member in other eras. */
      readonly formerly?: string;
    };

type AnyShape = (typeof all)[keyof typeof all];

/** Every shape of `symbols/`, by its struct's tag. */
type KnownShapes = { [S in AnyShape as S['struct']]: S };

/** Structs that oompm has shapes of: where a shape is wanted, the name alone will do. */
export type StructName = keyof KnownShapes;

/** A pointer into the per-CPU areas; `kernel.perCpu(pointer, cpu)` gives what stands there. */
export interface PerCpu<T> {
  readonly offset: bigint;
  readonly read: (address: bigint) => T;
}

/** What every reference to an object has. */
export interface RefBase {
  /** Where the object stands. */
  readonly $address: bigint;
  /** The tag: 'task_struct'. */
  readonly $struct: string;
}

type ShapeOf<S> = S extends Shape ? S : S extends StructName ? KnownShapes[S] : never;

/** A member that the shape declares. */
export type MemberName<S extends Shape | StructName> = keyof ShapeOf<S>['members'] & string;

/**
 * One, or a way into it: 'd_name.name'. Into a struct by the members of its shape; a union that has no tag in C has no
 * shape.
 */
export type MemberPath<S extends Shape | StructName> =
  | MemberName<S>
  | { [M in MemberName<S>]: PathInto<M, DeclaredType<ShapeOf<S>['members'][M]>> }[MemberName<S>];

type DeclaredType<M> = M extends { readonly type: infer T } ? T : M;

type PathInto<M extends string, T> = T extends `${string}*` | `${string}[]`
  ? never
  : T extends `struct ${infer N}` | `union ${infer N}`
    ? N extends StructName
      ? `${M}.${MemberPath<N>}`
      : T extends `union ${string}`
        ? `${M}.${string}`
        : never
    : never;

/** A reference to a struct in the dump. Members are read when asked for. @throws ReadError where the page is missing */
export type Ref<S extends Shape | StructName> = RefBase & {
  readonly [M in keyof ShapeOf<S>['members']]: MemberValue<ShapeOf<S>['members'][M]>;
};

type MemberValue<M> = M extends string
  ? ValueOf<M>
  : M extends { readonly type: infer T extends string }
    ? | (M extends { readonly percpu: true } ? PerCpu<PointeeOf<T>> | null : ValueOf<T>)
      | (M extends { readonly optional: true } ? undefined : never)
    : never;

type PointeeOf<T extends string> = T extends `${infer P} *` ? ValueOf<P> : ValueOf<T>;

export type ReferenceTo<N extends string> = N extends StructName ? Ref<N> : RefBase;

type Wide = 'u64' | 's64' | '__u64' | 'unsigned long long' | 'long long' | 'atomic64_t' | 'ktime_t';

/** The value of a C type, in the grammar of `Shape`. */
export type ValueOf<T extends string> = T extends `${infer E}[][]`
  ? readonly (readonly ValueOf<E>[])[]
  : T extends 'char[]'
    ? string
    : T extends `${infer E}[]`
      ? readonly ValueOf<E>[]
      : T extends 'char *'
        ? string | null
        : T extends `struct ${infer N} *` | `union ${infer N} *`
          ? ReferenceTo<N> | null
          : T extends `${string}*`
            ? bigint
            : T extends `struct ${infer N}` | `union ${infer N}`
              ? ReferenceTo<N>
              : T extends 'bool'
                ? boolean
                : T extends Wide
                  ? bigint
                  : number;
