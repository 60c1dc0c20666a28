/**
 * Text from a dump may hold anything: terminal control sequences, HTML, Markdown. Each renderer passes every piece of
 * text through one of these.
 */

/**
 * Controls (C0, C1, DEL), line and paragraph separators, marks that change the direction of the text around them, what
 * has no width or no shape (so that two names look like one), and lone surrogates: what a terminal or a browser acts
 * on, a reader can't see, or a file can't hold.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const shortForms: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
};

/**
 * One line that does nothing to a terminal and hides nothing: controls appear as `\n`, `\x1b`, `\u202e`, `\u{e0041}`.
 */
export function oneLine(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.codePointAt(0)!;
    return (
      shortForms[character] ??
      (code < 0x100 ? `\\x${hex(code, 2)}` : code < 0x1_0000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`)
    );
  });
}

/** The same characters in a text that is JSON already, as JSON's own escapes: it reads back as it was. */
export function jsonText(json: string): string {
  return json.replace(unsafe, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${hex(character.charCodeAt(at), 4)}`).join(''),
  );
}

/** Lines of a log record: newlines part them, a tab is eight columns as in dmesg, the rest as in `oneLine`. */
export function textLines(text: string): string[] {
  return text.split('\n').map((line) => oneLine(line.replaceAll('\t', '        ')));
}

const htmlForms: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For HTML text and quoted attributes. */
export function html(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (character) => htmlForms[character]!);
}

/**
 * For running text and table cells in Markdown, as GitHub and CommonMark read it: emphasis, code, links, HTML, tables
 * and autolinks stay text. An underscore within a word is left alone, and reads better.
 */
export function markdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*[\]<>|~&#!$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, String.raw`\$&`)
    .replace(/:(?=\/\/)/g, String.raw`\:`)
    .replace(/\b(www)\./gi, String.raw`$1\.`)
    .replace(/@(?=\w)/g, '&#64;')
    .replace(
      /^(\s*)([-+]|\d+[.)])(?=\s|$)/,
      (_, space: string, mark: string) => `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`,
    );
}

/** A fenced block that its content can't close. */
export function fenced(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...lines, fence].join('\n');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
