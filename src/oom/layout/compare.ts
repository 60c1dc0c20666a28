/** A line of the comparison: the same in both, in both with other values, or only in one. */
export type ComparedLine =
  | { readonly result: 'equal'; readonly line: string }
  | { readonly result: 'differing'; readonly rebuilt: string; readonly printed: string }
  | { readonly result: 'only rebuilt' | 'only printed'; readonly line: string };

/**
 * Two reports line by line, white space aside; a line is known again by what it is about, so one more or less shifts
 * nothing.
 */
export function compareReports(rebuilt: readonly string[], printed: readonly string[]): ComparedLine[] {
  const places = new Map<string, number[]>();
  printed.forEach((line, i) => {
    const subject = subjectOf(line);
    const at = places.get(subject);
    if (at === undefined) places.set(subject, [i]);
    else at.push(i);
  });
  const compared: ComparedLine[] = [];
  let next = 0;
  for (const line of rebuilt) {
    const candidates = places.get(subjectOf(line)) ?? [];
    const at = candidates.find((place) => place >= next);
    if (at === undefined) {
      compared.push({ result: 'only rebuilt', line });
      continue;
    }
    for (; next < at; next++) compared.push({ result: 'only printed', line: printed[next]! });
    next = at + 1;
    candidates.splice(0, candidates.indexOf(at) + 1);
    compared.push(
      even(line) === even(printed[at]!)
        ? { result: 'equal', line: printed[at]! }
        : { result: 'differing', rebuilt: line, printed: printed[at]! },
    );
  }
  for (; next < printed.length; next++) compared.push({ result: 'only printed', line: printed[next]! });
  return compared;
}

function even(line: string): string {
  return line
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/: (?=\d+kB)/g, ':');
}

/** What a line speaks of, without its values. */
function subjectOf(line: string): string {
  const text = even(line);
  const task = /^\[ ?(\d+)\]/.exec(text);
  if (task !== null) return `task ${task[1]!}`;
  const pool = /^(Node \d+) hugepages.*hugepages_size=(\d+)/.exec(text);
  if (pool !== null) return `${pool[1]!} hugepages ${pool[2]!}`;
  if (text.includes(' invoked oom-killer')) return 'opening';
  const zone = /^(?:Node \d+ )?\w+(?: free:|: \d+\*|(?= active_anon:))/.exec(text);
  if (zone !== null) return zone[0].replace(/\d+\*$/, '');
  const named = /^[^\d:=]*[:=]/.exec(text);
  return named === null ? text.replace(/\d+/g, '#') : named[0];
}
