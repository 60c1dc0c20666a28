/** " (out of tree, unsigned)" of a module's taints, by their letters; '' where none tells of its origin. */
export function taintsInWords(letters: readonly string[]): string {
  const words = letters.flatMap((letter) => taintWords[letter] ?? []);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

const taintWords: Readonly<Record<string, string>> = {
  P: 'proprietary',
  F: 'forced',
  C: 'from staging',
  O: 'out of tree',
  E: 'unsigned',
};
