import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { InputError } from '../bytes/input-error.js';
import { didYouMean } from '../words/nearest-word.js';
import { defaultValues, requiredArguments } from '../plugin/options.js';
import type { AnyPlugin, Registry } from '../plugin/registry.js';
import { makeReport } from '../report/report.js';
import { runAll, writeReport } from './answer.js';
import { commonFlags, type CommonValues } from '../app/common-flags.js';
import { noteOutcome } from './note-outcome.js';
import { factsAfter, openNamed } from '../app/open-named.js';
import { plugins } from '../app/plugins.js';
import { leftOver } from '../app/tell-files.js';
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
    only: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      helpValue: 'ID',
      summary: 'these sections only, comma-separated',
    }),
    ...commonFlags,
  };
  static override strict = false;

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Analyze);
    const common = flags as CommonValues;
    const words = argv as string[];
    const { openScreens, wantsScreens } = await import('./open-tui.js');
    if (words.length > 0 && wantsScreens({ ...common, only: flags.only }))
      return openScreens(words, common, this.config.version);
    const { registry } = await plugins();
    const asked =
      flags.only === undefined
        ? (await registry.all()).filter((plugin) => plugin.inReport !== undefined)
        : await sectionsNamed(registry, flags.only);
    const target = await reportTarget(common, words);
    const opened = await openNamed('analyze', words, common);
    if (opened.rest.length > 0)
      throw new InputError(`analyze does not know what to do with ${opened.rest[0]}: ${leftOver(opened.rest[0]!)}`);
    const questions = asked.map((plugin) => ({
      plugin,
      values: plugin.inReport ?? defaultValues(plugin.flags, plugin.arguments),
    }));
    const sections = await runAll(questions, opened);
    const facts = factsAfter(opened);
    const extent = flags.only === undefined ? 'whole' : 'part';
    await writeReport(makeReport(this.config.version, facts, sections, extent), common, target, opened.tasks);
    opened.session.keepIndexes();
    await noteOutcome(sections, { defects: facts.defects, named: flags.only !== undefined });
  }
}

/**
 * In the order of a report. @throws InputError where one is no section: there is none of that name, or it is asked of
 * one thing
 */
async function sectionsNamed(registry: Registry, only: readonly string[]): Promise<readonly AnyPlugin[]> {
  const all = await registry.all();
  const sections = all.filter((plugin) => requiredArguments(plugin.arguments).length === 0);
  const unknown = only.find((id) => !sections.some((section) => section.id === id));
  if (unknown === undefined) return sections.filter(({ id }) => only.includes(id));
  const ids = sections.map(({ id }) => id);
  const there = `; there are ${ids.join(', ')}`;
  const asksFor = requiredArguments(all.find(({ id }) => id === unknown)?.arguments ?? {})
    .join(' and ')
    .toUpperCase();
  if (asksFor !== '') throw new InputError(`--only ${unknown}: ${unknown} needs ${asksFor}, and is no section${there}`);
  throw new InputError(`--only ${unknown}: there is no such section${didYouMean(unknown, ids) || there}`);
}
