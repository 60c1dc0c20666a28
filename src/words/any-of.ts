const either = (parts: readonly RegExp[]): string => parts.map(({ source }) => source).join('|');

/** A whole text that is one of some: of what one line would not hold. */
export function anyOf(...parts: readonly RegExp[]): RegExp {
  return new RegExp(`^(?:${either(parts)})$`);
}

/** A text that begins with one of some; `behind`, if given, follows each. */
export function anyStart(parts: readonly RegExp[], behind = ''): RegExp {
  return new RegExp(`^(?:${either(parts)})${behind}`);
}
