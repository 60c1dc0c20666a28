import { InputError } from '../bytes/input-error.js';
import { isPlugin } from '../plugin/define-plugin.js';
import type { OptionValues } from '../plugin/options.js';
import type { AnyPlugin } from '../plugin/registry.js';
import type { Section } from '../plugin/section.js';
import type { NamedTask } from '../report/redact.js';
import { makeReport, type Report } from '../report/report.js';
import type { CommonValues } from '../app/common-flags.js';
import { factsAfter, type Opened } from '../app/open-named.js';
import { endProgress, progress } from '../app/progress.js';
import { plugins } from '../app/plugins.js';
import { noteOutcome } from './note-outcome.js';
import { formatOf, type ReportTarget } from './write-report.js';

export interface Question {
  plugin: AnyPlugin;
  values: OptionValues;
  opened: Opened;
  version: string;
  flags: CommonValues;
  target: ReportTarget;
  /** Views only, for a format of the plugin's own. */
  bare?: boolean;
}

/** Runs one plugin and writes what it says. @throws InputError where the question does not fit the dump */
export async function answer({
  plugin,
  values,
  opened,
  version,
  flags,
  target,
  bare = false,
}: Question): Promise<void> {
  const sections = await runAll([{ plugin, values }], opened);
  const { outcome, views } = sections[0]!;
  const facts = factsAfter(opened);
  const report = makeReport(version, facts, sections, 'part');
  if (views.length === 0 && outcome.kind === 'unavailable' && outcome.fault !== 'kernel')
    throw new InputError(`${plugin.id}: ${outcome.reason}`);
  if (bare) {
    const [{ viewLines }, { redact }] = await Promise.all([
      import('../report/render-text.js'),
      import('../report/redact.js'),
    ]);
    const { dump, sections: shown } = flags.redact ? redact(report, opened.tasks) : report;
    await target.write(
      shown.flatMap((section) =>
        section.views.flatMap((view) => [...viewLines(view, { pageSize: dump.pageSize, raw: flags.raw }, target.text)]),
      ),
    );
  } else {
    await writeReport(report, flags, target, opened.tasks);
  }
  opened.session.keepIndexes();
  await noteOutcome(sections, { defects: facts.defects, named: true });
}

/**
 * Runs plugins one after another. The bundled ones run here, since a worker would have to open the dump for itself; a
 * user's run in one worker, where one that hangs can be ended.
 */
export async function runAll(
  questions: readonly { plugin: AnyPlugin; values: OptionValues }[],
  { session, options }: Opened,
): Promise<Section[]> {
  const [{ runner }, { runPlugin }] = await Promise.all([plugins(), import('../plugin/run-plugin.js')]);
  const sections: Section[] = [];
  try {
    for (const { plugin, values } of questions) {
      progress(plugin.id);
      sections.push(
        isPlugin(plugin)
          ? runPlugin(session.kernel, plugin, values)
          : await runner!.run(plugin, values, { dump: options }),
      );
    }
    return sections;
  } finally {
    session.close();
    endProgress();
  }
}

export async function writeReport(
  report: Report,
  flags: CommonValues,
  target: ReportTarget,
  tasks: readonly NamedTask[] = [],
): Promise<void> {
  const [{ render }, { redact }] = await Promise.all([import('../report/render.js'), import('../report/redact.js')]);
  await target.write(render(flags.redact ? redact(report, tasks) : report, formatOf(flags), target.text));
}
