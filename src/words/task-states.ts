/** What each letter of a task's state means, for people. */
export const taskStateWords: Readonly<Record<string, string>> = {
  R: 'runs or could run',
  S: 'sleeps',
  D: 'sleeps, uninterruptible',
  I: 'idle kernel thread',
  T: 'stopped',
  t: 'traced',
  P: 'parked',
  N: 'new',
  Z: 'zombie',
  X: 'dead',
};

/** A legend of the letters that a table has, in the order of `taskStateWords`: "R runs or could run, S sleeps". */
export function statesInWords(letters: Iterable<string>): string {
  const there = new Set(letters);
  return Object.entries(taskStateWords)
    .filter(([letter]) => there.has(letter))
    .map(([letter, words]) => `${letter} ${words}`)
    .join(', ');
}
