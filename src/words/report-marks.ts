/** What the kernel prints around its own reports of oopses and warnings. */

/** "------------[ cut here ]------------": announces what the next lines say. */
export function isCutHere(line: string): boolean {
  return line.startsWith('------------[ cut here');
}

/** "---[ end trace 0123456789abcdef ]---": since 2.6.26, of oopses and warnings; and that of a panic. */
export function isEndOfReport(line: string): boolean {
  return line.startsWith('---[ end ');
}
