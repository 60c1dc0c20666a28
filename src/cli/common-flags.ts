import * as Flags from '@oclif/core/flags';
import { reportFormats } from '../report/render.js';

const helpGroup = 'common';

/** Flags that every command on a dump takes. */
export const commonFlags = {
  format: Flags.string({ options: reportFormats, summary: 'form of the report; without it text, or what the name of the -o file says', helpGroup }),
  output: Flags.string({ char: 'o', helpValue: 'FILE', summary: 'write the report to a file', helpGroup }),
  color: Flags.string({ options: ['auto', 'always', 'never'] as const, default: 'auto' as const, summary: 'colours; NO_COLOR is heeded too', helpGroup }),
  vmlinux: Flags.string({ helpValue: 'FILE', summary: 'the kernel with symbols and types; raw, compressed or vmlinuz', helpGroup }),
  search: Flags.boolean({ allowNo: true, default: true, summary: 'look for the vmlinux in the usual places', helpGroup }),
  debuginfod: Flags.boolean({ summary: 'fetch a vmlinux that is not found from the servers in DEBUGINFOD_URLS', helpGroup }),
  force: Flags.boolean({ summary: 'use the vmlinux though its build-id is another', helpGroup }),
  types: Flags.string({ options: ['btf', 'dwarf'] as const, summary: 'take types from there only', helpGroup }),
  vmcoreinfo: Flags.string({ helpValue: 'FILE', summary: 'VMCOREINFO as text, for a dump that has none', helpGroup }),
  raw: Flags.boolean({ summary: "sizes in tables of text and Markdown as bare numbers in the kernel's units, as JSON always has them", helpGroup }),
  redact: Flags.boolean({ summary: 'names of tasks and hosts, paths and log text replaced by tokens', helpGroup }),
  plugin: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'FILE', summary: "load a plugin of one's own, .ts or .js; may be repeated", helpGroup }),
};

/** Their values, as the parser gives them. */
export interface CommonValues {
  format: string | undefined;
  output: string | undefined;
  color: 'auto' | 'always' | 'never';
  vmlinux: string | undefined;
  search: boolean;
  debuginfod: boolean;
  force: boolean;
  types: 'btf' | 'dwarf' | undefined;
  vmcoreinfo: string | undefined;
  raw: boolean;
  redact: boolean;
  plugin: string[] | undefined;
}

/** Whether the word behind `--vmlinux`, or `-o`, is its value. */
export function takesValue(word: string): boolean {
  const found = Object.entries(commonFlags).find(([name, flag]) => word === `--${name}` || ('char' in flag && word === `-${flag.char}`));
  return found !== undefined && found[1].type === 'option';
}
