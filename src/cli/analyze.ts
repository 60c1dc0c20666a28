import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { InputError } from '../bytes/input-error.js';
import { didYouMean } from '../words/nearest-word.js';
import { defaultValues } from '../plugin/options.js';
import type { AnyPlugin, Registry } from '../plugin/registry.js';
import { makeReport } from '../report/report.js';
import { runAll, writeReport } from './answer.js';
import { commonFlags, type CommonValues } from './common-flags.js';
import { noteOutcome } from './note-outcome.js';
import { factsAfter, openNamed } from './open-named.js';
import { plugins } from './plugins.js';
import { leftOver } from './tell-files.js';
import { reportTarget } from './write-report.js';

export class Analyze extends Command {
  static override id = 'analyze';
  static override summary = 'Why the machine ran out of memory, or stopped';
  static override usage = ['analyze VMCORE [VMLINUX]'];
  static override examples = [
    'oompm analyze vmcore',
    'oompm analyze vmcore vmlinux',
    'oompm analyze vmcore -o report.html',
    'oompm analyze vmcore --format text',
    'oompm analyze vmcore --only overview,zones --format json',
    'oompm analyze vmcore --plugin ./mine.ts',
  ];
  static override args = {
    vmcore: Args.string({ ignoreStdin: true, description: 'the dump: ELF, kdump-compressed or flattened' }),
    vmlinux: Args.string({ ignoreStdin: true, description: 'its kernel, before or after the dump; not needed' }),
  };
  static override flags = {
    only: Flags.string({ multiple: true, multipleNonGreedy: true, delimiter: ',', helpValue: 'ID', summary: 'these sections only, comma-separated' }),
    ...commonFlags,
  };
  static override strict = false;

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Analyze);
    const common = flags as CommonValues;
    const words = argv as string[];
    const { openScreens, wantsScreens } = await import('./open-tui.js');
    if (words.length > 0 && wantsScreens({ ...common, only: flags.only })) return openScreens(words, common, this.config.version);
    const { registry } = await plugins();
    const only = knownIds(registry, flags.only);
    const target = await reportTarget(common, words);
    const opened = await openNamed('analyze', words, common);
    if (opened.rest.length > 0) throw new InputError(`analyze does not know what to do with ${opened.rest[0]}: ${leftOver(opened.rest[0]!)}`);
    const questions = (await asked(registry, only)).map((plugin) => ({ plugin, values: plugin.inReport ?? defaultValues(plugin.flags, plugin.arguments) }));
    const sections = await runAll(questions, opened);
    const facts = factsAfter(opened);
    await writeReport(makeReport(this.config.version, facts, sections), common, target, opened.tasks);
    await noteOutcome(sections, { defects: facts.defects, named: only !== undefined });
  }
}

function knownIds(registry: Registry, only: readonly string[] | undefined): readonly string[] | undefined {
  const unknown = only?.find((id) => !registry.ids.includes(id));
  if (unknown !== undefined) throw new InputError(`--only ${unknown}: there is no such section${didYouMean(unknown, registry.ids) || `; there are ${registry.ids.join(', ')}`}`);
  return only;
}

/** Those asked for, or those with a section in the report, in its order. */
async function asked(registry: Registry, only: readonly string[] | undefined): Promise<readonly AnyPlugin[]> {
  if (only === undefined) return (await registry.all()).filter((plugin) => plugin.inReport !== undefined);
  const loaded = await Promise.all(registry.ids.filter((id) => only.includes(id)).map((id) => registry.load(id)));
  return loaded.filter((plugin) => plugin !== undefined);
}
