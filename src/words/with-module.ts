/** A name as the kernel's traces have it: "acme_depth [acme]". */
export function withModule(name: string, module: string | undefined): string {
  return module === undefined ? name : `${name} [${module}]`;
}
