const width = 80;
const step = 7;

/** A page of man(7) as plain text, for where there is no man; of its requests those that scripts/man-page.js writes. */
export function manText(page: string): string {
  const text = new PlainPage();
  for (const line of page.trimEnd().split('\n')) text.take(line);
  return text.end();
}

class PlainPage {
  readonly #lines: string[] = [];
  /** The paragraph that is not written yet, and the tag that its first line hangs from. */
  #words: string[] = [];
  #tag: string | undefined;
  #tagIsNext = false;
  #asIs = false;
  readonly #insets: number[] = [];

  take(line: string): void {
    const [, request, rest = ''] = /^\.(\S+) ?(.*)$/.exec(line) ?? [];
    if (request !== undefined) this.#request(request, rest);
    else if (this.#tagIsNext) this.#begin(unescaped(line));
    else if (this.#asIs) this.#lines.push(this.#indent() + unescaped(line));
    else this.#words.push(...unescaped(line).split(' '));
  }

  end(): string {
    this.#flush();
    return `${this.#lines.join('\n')}\n`;
  }

  #request(request: string, rest: string): void {
    this.#flush();
    switch (request) {
      case 'SH':
        this.#lines.push('', rest);
        break;
      case 'SS':
        this.#lines.push('', `   ${rest}`);
        break;
      case 'TP':
        this.#lines.push('');
        this.#tagIsNext = true;
        break;
      case 'PP':
        this.#lines.push('');
        break;
      case 'RS':
        this.#insets.push(rest === '' ? step : Number(rest));
        break;
      case 'RE':
        this.#insets.pop();
        break;
      case 'EX':
        this.#asIs = true;
        break;
      case 'EE':
        this.#asIs = false;
        break;
      case 'TH':
        this.#lines.push([...rest.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word).join('  '));
        break;
      // A comment, and a break of the line, which ends the paragraph as any request does.
      default:
        break;
    }
  }

  #begin(tag: string): void {
    this.#tag = tag;
    this.#tagIsNext = false;
  }

  #flush(): void {
    const hung = this.#indent() + (this.#tag === undefined ? '' : ' '.repeat(step));
    const lines = filled(this.#words, width - hung.length).map((line) => hung + line);
    if (this.#tag !== undefined) {
      if (this.#tag.length < step && lines[0] !== undefined)
        lines[0] = this.#indent() + this.#tag.padEnd(step) + lines[0].slice(hung.length);
      else lines.unshift(this.#indent() + this.#tag);
    }
    this.#lines.push(...lines);
    this.#words = [];
    this.#tag = undefined;
  }

  #indent(): string {
    return ' '.repeat(this.#insets.reduce((sum, inset) => sum + inset, step));
  }
}

function filled(words: readonly string[], room: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

const named: Readonly<Record<string, string>> = {
  '\\e': '\\',
  '\\-': '-',
  '\\&': '',
  '\\(aq': "'",
  '\\(ga': '`',
  '\\(ha': '^',
  '\\(ti': '~',
};

function unescaped(line: string): string {
  return line.replaceAll(/\\(?:f[BIR]|\[u([\dA-F]+)\]|\(..|.)/g, (escape, code: string | undefined) =>
    code === undefined ? (named[escape] ?? '') : String.fromCodePoint(Number.parseInt(code, 16)),
  );
}
