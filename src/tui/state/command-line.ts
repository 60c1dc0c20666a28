import { pageOf, type State } from './state.js';

/** The command line that gives what the present page shows, ready to be pasted; undefined where none does. */
export function commandLine(state: State): string | undefined {
  const files = [...state.files].map(quoted).join(' ');
  const { source } = pageOf(state);
  switch (source.kind) {
    case 'overview':
      return `oompm analyze ${files}`;
    case 'plugin':
      return `oompm ${source.id} ${files}`;
    case 'answer': {
      if (source.command === undefined) return undefined;
      // The worker leaves the place of the files open: it does not know how they were named.
      return source.command.replace('VMCORE', () => files);
    }
    case 'text':
      return undefined;
    default:
      return source satisfies never;
  }
}

/** As a shell reads it as one word. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
