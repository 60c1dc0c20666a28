import { openDump } from '../../src/dump/open-dump.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import type { Plugin } from '../../src/plugin/define-plugin.js';
import { defaultValues } from '../../src/plugin/options.js';
import { runPlugin } from '../../src/plugin/run-plugin.js';
import type { Section } from '../../src/plugin/section.js';
import { bringUp } from '../../src/session/open-kernel.js';
import { dumpFile } from '../dumps.js';
import { watched } from './dropped-page.js';

/** A plugin's section of a dump, and of the same that has lost the page of an address. */
export async function withoutPage(
  name: string,
  plugin: Plugin,
  addressIn: (kernel: Kernel) => bigint,
  values: Readonly<Record<string, unknown>> = {},
): Promise<{ sound: Section; damaged: Section }> {
  const dump = await openDump([dumpFile(name)!]);
  const pages = watched(dump);
  const { kernel } = await bringUp(pages.dump, undefined, {});
  const options = { ...defaultValues(plugin.flags, plugin.arguments), ...values } as Parameters<Plugin['run']>[1];
  const sound = runPlugin(kernel, plugin, options);
  const physical = kernel.memory.translate(addressIn(kernel));
  if (typeof physical !== 'number') throw new Error('the address is not mapped as it is');
  pages.refuse(Math.floor(physical / kernel.memory.pageSize));
  const damaged = runPlugin((await bringUp(pages.dump, undefined, {})).kernel, plugin, options);
  dump.close();
  return { sound, damaged };
}
