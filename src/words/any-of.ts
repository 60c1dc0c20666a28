/** A whole text that is one of some: of what one line would not hold. */
export function anyOf(...parts: readonly RegExp[]): RegExp {
  return new RegExp(`^(?:${parts.map(({ source }) => source).join('|')})$`);
}
