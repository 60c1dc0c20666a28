import { readFileSync } from 'node:fs';

/** The text of each line that a dead kernel printed, without timestamp and caller. */
export function kernelLog(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.replace(/^\[ *\d+\.\d+\](\[ *[TC]\d+\])? /, ''));
}

/** The last task table of a log: numbers by column, and the name. */
export function lastTaskTable(lines: readonly string[]): { numbers: Readonly<Record<string, number>>; name: string }[] {
  const header = lines.findLastIndex((line) => /^\[ {2}pid {2}\] +uid +tgid/.test(line));
  if (header < 0) return [];
  const columns = lines[header]!.replaceAll(/[[\]]/g, ' ').trim().split(/ +/).slice(0, -1);
  // A name may hold spaces and begin with a digit: the columns before it are counted.
  const row = new RegExp(`^\\[ *(-?\\d+)\\]${' +(-?\\d+)'.repeat(columns.length - 1)} (.*)$`);
  const rows = [];
  for (const line of lines.slice(header + 1)) {
    const found = row.exec(line);
    if (!found) break;
    rows.push({
      numbers: Object.fromEntries(columns.map((column, i) => [column, Number(found[i + 1])])),
      name: found.at(-1)!,
    });
  }
  return rows;
}
