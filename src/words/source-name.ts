/**
 * The function that a symbol belongs to: compilers split parts off it and make variants of it ("x.cold",
 * "x.constprop.0", "x.llvm.1234").
 */
export function sourceName(symbol: string): string {
  return symbol.replace(/\.(?:cold|part|isra|constprop|clone|lto_priv|llvm)(?:\.\w+)*$/, '');
}
