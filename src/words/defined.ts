/** T without the members that are undefined; those that may be are optional. */
export type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * The members that have a value: `{ pid, ...defined({ comm }) }` has no `comm` where that is not known, as optional
 * members are to be (exactOptionalPropertyTypes). null is a value.
 */
export function defined<T extends object>(members: T): Defined<T> {
  const found: { [name: string]: unknown } = {};
  for (const name in members) if (members[name] !== undefined) found[name] = members[name];
  return found as Defined<T>;
}
