import * as Flags from '@oclif/core/flags';
import { reportFormats } from '../report/render.js';

/** For a command that writes a report. */
export const reportFlags = {
  format: Flags.string({
    options: reportFormats,
    summary: 'form of the report; without it text, or what the name of the -o file says',
    helpGroup: 'report',
  }),
  output: Flags.string({ char: 'o', helpValue: 'FILE', summary: 'write the report to a file', helpGroup: 'report' }),
  redact: Flags.boolean({
    summary:
      "names of users' tasks, hosts, cgroups, devices and files, network addresses, strings, and words of the log " +
      "that are not known to be the kernel's replaced by tokens",
    helpGroup: 'report',
  }),
  evidence: Flags.boolean({
    summary: 'with each finding the values that it rests on, and where they were read, as JSON always has them',
    helpGroup: 'report',
  }),
  raw: Flags.boolean({
    summary: "sizes in tables as bare numbers in the kernel's units, as JSON always has them",
    helpGroup: 'report',
  }),
};

/** For a command that opens a dump. */
export const dumpFlags = {
  vmlinux: Flags.string({
    helpValue: 'FILE',
    summary: 'the kernel with symbols and types; raw, compressed or vmlinuz',
    helpGroup: 'dump',
  }),
  search: Flags.boolean({
    allowNo: true,
    default: true,
    summary: 'look for the vmlinux in the usual places',
    helpGroup: 'dump',
  }),
  debuginfod: Flags.boolean({
    summary: 'fetch a vmlinux that is not found from the servers in DEBUGINFOD_URLS',
    helpGroup: 'dump',
  }),
  force: Flags.boolean({ summary: 'use the vmlinux though its build-id is another', helpGroup: 'dump' }),
  types: Flags.string({ options: ['btf', 'dwarf'] as const, summary: 'take types from there only', helpGroup: 'dump' }),
  vmcoreinfo: Flags.string({
    helpValue: 'FILE',
    summary: 'VMCOREINFO as text, for a dump that has none',
    helpGroup: 'dump',
  }),
};

/** For whatever shows something that plugins say. */
export const pluginFlags = {
  color: Flags.string({
    options: ['auto', 'always', 'never'] as const,
    default: 'auto' as const,
    summary: 'colours; NO_COLOR is honoured',
    helpGroup: 'common',
  }),
  plugin: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'FILE',
    summary: 'load your own plugin, .ts or .js; may be repeated',
    helpGroup: 'common',
  }),
};

/** Of a command that opens a dump and reports on it: most of them. */
export const commonFlags = { ...reportFlags, ...dumpFlags, ...pluginFlags };

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
  evidence: boolean;
  raw: boolean;
  redact: boolean;
  plugin: string[] | undefined;
}

/** Whether the word behind `--vmlinux`, or `-o`, is its value. */
export function takesValue(word: string): boolean {
  const found = Object.entries(commonFlags).find(
    ([name, flag]) => word === `--${name}` || ('char' in flag && word === `-${flag.char}`),
  );
  return found !== undefined && found[1].type === 'option';
}
