import { describe, expect, test } from 'vitest';

import { bundledPlugins } from '../../plugins/index.js';
import { runPlugin } from '../../src/plugin/run-plugin.js';
import type { Section, SolidView } from '../../src/plugin/section.js';
import { openSession } from '../../src/session/open-kernel.js';
import { dumpFile } from '../dumps.js';

const reference = '6.1-global-panic/vmcore';
const others = ['elf', 'flat', 'zlib', 'lzo', 'snappy', 'zstd'].map((ending) => `${reference}.${ending}`);
const atHand = others.filter((name) => dumpFile(name) !== undefined);
/** What a report says of the file itself. */
const ofTheFile = new Set(['format', 'filter']);

describe('one machine in seven files: one report', () => {
  test.skip.each(others.filter((name) => !atHand.includes(name)))(
    '%s (skipped: the dump is not at hand; set OOMPM_DUMPS)',
    () => undefined,
  );

  test.each(atHand)('%s', async (name) => {
    expect(await sections(dumpFile(name)!)).toEqual(await sections(dumpFile(reference)!));
  });
});

async function sections(path: string): Promise<Section[]> {
  const session = await openSession({ dump: [path] });
  const found: Section[] = [];
  for (const { load } of bundledPlugins) {
    const { default: plugin } = await load();
    if (plugin.inReport === undefined) continue;
    const section = runPlugin(session.kernel, plugin, plugin.inReport);
    found.push({ ...section, views: section.views.map(withoutTheFile) });
  }
  session.close();
  return found;
}

function withoutTheFile(view: SolidView): SolidView {
  return view.kind === 'facts' ? { ...view, facts: view.facts.filter(({ key }) => !ofTheFile.has(key)) } : view;
}
