import { evenSpace, isSameLine, lineText, notHad, type PrintedLine } from '../words/printed-line.js';

/** A rebuilt line beside the printed one. */
export type ComparedOopsLine =
  | { readonly result: 'equal'; readonly printed: string }
  /** The same in all that the dump has: what it lacks is named. */
  | { readonly result: 'not in memory'; readonly printed: string; readonly what: readonly string[] }
  | { readonly result: 'differing'; readonly printed: string; readonly rebuilt: string }
  | { readonly result: 'only rebuilt'; readonly rebuilt: string }
  | { readonly result: 'only printed'; readonly printed: string };

/**
 * A record line by line, white space aside. The same line may stand in it often, and lines may lack: the longest common
 * sequence is what is the same, and what lies between is paired by what it is about.
 */
export function compareRecord(rebuilt: readonly PrintedLine[], printed: readonly string[]): ComparedOopsLine[] {
  const compared: ComparedOopsLine[] = [];
  let [r, p] = [0, 0];
  for (const [i, j] of common(rebuilt, printed)) {
    compared.push(...between(rebuilt.slice(r, i), printed.slice(p, j)));
    if (i < rebuilt.length) compared.push(same(rebuilt[i]!, printed[j]!));
    [r, p] = [i + 1, j + 1];
  }
  return compared;
}

function same(line: PrintedLine, printed: string): ComparedOopsLine {
  const what = notHad(line);
  return what.length === 0 ? { result: 'equal', printed } : { result: 'not in memory', printed, what };
}

/** Pairs of places that are the same, and the ends of both behind them. */
function common(rebuilt: readonly PrintedLine[], printed: readonly string[]): [number, number][] {
  const [rows, columns] = [rebuilt.length, printed.length];
  const lengths = new Uint16Array((rows + 1) * (columns + 1));
  const at = (i: number, j: number): number => i * (columns + 1) + j;
  const isSame = rebuilt.map((line) => printed.map((text) => isSameLine(line, text)));
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      lengths[at(i, j)] = isSame[i]![j]!
        ? lengths[at(i + 1, j + 1)]! + 1
        : Math.max(lengths[at(i + 1, j)]!, lengths[at(i, j + 1)]!);
  const pairs: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < rows && j < columns;) {
    if (isSame[i]![j]!) pairs.push([i++, j++]);
    else if (lengths[at(i + 1, j)]! >= lengths[at(i, j + 1)]!) i++;
    else j++;
  }
  return [...pairs, [rows, columns]];
}

function between(rebuilt: readonly PrintedLine[], printed: readonly string[]): ComparedOopsLine[] {
  const compared: ComparedOopsLine[] = [];
  let next = 0;
  for (const line of rebuilt) {
    const text = lineText(line);
    const subject = subjectOf(text);
    const place = printed.findIndex((one, i) => i >= next && subject !== undefined && subjectOf(one) === subject);
    if (place < 0) {
      compared.push({ result: 'only rebuilt', rebuilt: text });
      continue;
    }
    for (; next < place; next++) compared.push({ result: 'only printed', printed: printed[next]! });
    compared.push({ result: 'differing', rebuilt: text, printed: printed[next++]! });
  }
  for (; next < printed.length; next++) compared.push({ result: 'only printed', printed: printed[next]! });
  return compared;
}

/** What a line speaks of; undefined for an address of a trace, which speaks of nothing else. */
function subjectOf(line: string): string | undefined {
  const text = evenSpace(line);
  const header = /^(?:Oops: )?[a-z ]+(?:, [^[]*)?: (?:[0-9a-f]{4}|\?+) \[#/i.test(text);
  if (header) return 'header';
  return /^(?:---\[ end trace|#?\w[^:=]*[: ])/.exec(text)?.[0];
}
