const leastCharacters = 64 * 1024;

/** Small pieces joined to large ones: a write for each row of a table takes longer than making it. */
export function* joined(pieces: Iterable<string>): Generator<string> {
  let waiting = '';
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < leastCharacters) continue;
    yield waiting;
    waiting = '';
  }
  if (waiting !== '') yield waiting;
}
