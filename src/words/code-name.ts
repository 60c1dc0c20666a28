/** "acme_depth+0x5": a place in what has the name; the name alone where the offset is not known. */
export function withOffset(name: string, offset: number | undefined): string {
  return offset === undefined ? name : `${name}+0x${offset.toString(16)}`;
}

/** "acme_depth+0x5"; the name alone at its beginning, as that of an object is. */
export function withOffsetInto(name: string, offset: number): string {
  return withOffset(name, offset === 0 ? undefined : offset);
}

/** A name as the kernel's traces have it: "acme_depth [acme]". */
export function withModule(name: string, module: string | undefined): string {
  return module === undefined ? name : `${name} [${module}]`;
}
