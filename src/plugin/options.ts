/**
 * What a plugin can be asked on the command line, as plain data: flags (`--tree`, `-t`) and positional arguments. The
 * command, its help, its completion and the types of the values all come from the declaration.
 */
export interface BooleanFlag {
  type: 'boolean';
  summary: string;
  /** One letter: `-t`. */
  char?: string;
  default?: boolean;
}

export interface StringFlag {
  type: 'string';
  summary: string;
  char?: string;
  /** The only values allowed. */
  options?: readonly string[];
  default?: string;
  /** May be given more than once; the value is then a list. */
  multiple?: boolean;
}

export interface IntegerFlag {
  type: 'integer';
  summary: string;
  char?: string;
  min?: number;
  max?: number;
  default?: number;
  multiple?: boolean;
}

/** A flag, by its type; all have a summary and may have a letter. */
export type Flag = BooleanFlag | StringFlag | IntegerFlag;
/** Flags by name: `least` is `--least`. */
export type Flags = Readonly<Record<string, Flag>>;

/** A positional argument; they stand in the order of declaration, after VMCORE. Only the last may be `multiple`. */
export interface Argument {
  type: 'string' | 'integer';
  summary: string;
  required?: boolean;
  options?: readonly string[];
  multiple?: boolean;
}
/** Arguments by name, in their order. */
export type Arguments = Readonly<Record<string, Argument>>;

export type OptionValue = string | number | boolean | readonly string[] | readonly number[] | undefined;
/** Values of flags and arguments by name. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

type Scalar<O> = O extends { options: readonly (infer V)[] } ? V : O extends { type: 'integer' } ? number : string;

type FlagValue<F extends Flag> = F extends BooleanFlag
  ? boolean
  : F extends { multiple: true }
    ? readonly Scalar<F>[]
    : F extends { default: string | number }
      ? Scalar<F>
      : Scalar<F> | undefined;

type ArgumentValue<A extends Argument> = A extends { multiple: true }
  ? readonly Scalar<A>[]
  : A extends { required: true }
    ? Scalar<A>
    : Scalar<A> | undefined;

/** What `run` gets: the values of flags and arguments, typed by their declaration. */
export type ValuesOf<F extends Flags, A extends Arguments> = { readonly [K in keyof F]: FlagValue<F[K]> } & {
  readonly [K in keyof A]: ArgumentValue<A[K]>;
};

/**
 * Names of the arguments without which there is nothing to run: such a plugin is no section, and no screen of its own.
 */
export function requiredArguments(args: Arguments): string[] {
  return Object.entries(args)
    .filter(([, { required }]) => required)
    .map(([name]) => name);
}

/** The values that hold where nothing was given. */
export function defaultValues(flags: Flags, args: Arguments): OptionValues {
  return Object.fromEntries([
    ...Object.entries(args).map(([name, { multiple }]) => [name, multiple ? [] : undefined] as const),
    ...Object.entries(flags).map(([name, flag]) => [name, defaultOf(flag)] as const),
  ]);
}

function defaultOf(flag: Flag): OptionValue {
  if (flag.type === 'boolean') return flag.default ?? false;
  if (flag.multiple) return flag.default === undefined ? [] : ([flag.default] as readonly string[] | readonly number[]);
  return flag.default;
}
