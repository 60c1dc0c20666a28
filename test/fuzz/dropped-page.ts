import { InputError } from '../../src/bytes/input-error.js';
import type { Dump } from '../../src/dump/dump.js';
import { MissingPage, type PhysicalMemory } from '../../src/memory/physical-memory.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import type { Plugin } from '../../src/plugin/define-plugin.js';
import { defaultValues } from '../../src/plugin/options.js';
import { runPlugin } from '../../src/plugin/run-plugin.js';
import type { Section } from '../../src/plugin/section.js';
import { bringUp, type Session } from '../../src/session/open-kernel.js';

/** A dump whose pages that are read are noted, and of which one can be made unreadable. */
export interface WatchedDump {
  readonly dump: Dump;
  readonly read: ReadonlySet<number>;
  refuse(pfn: number | undefined): void;
}

export function watched(dump: Dump): WatchedDump {
  const read = new Set<number>();
  let refused: number | undefined;
  const { memory: whole } = dump;
  const memory: PhysicalMemory = {
    pageSize: whole.pageSize,
    ranges: () => whole.ranges(),
    *stored(most) {
      for (const page of whole.stored(most)) if (page.pfn !== refused) yield page;
    },
    page(pfn) {
      read.add(pfn);
      return pfn === refused ? new MissingPage('damaged', 'dropped by the test') : whole.page(pfn);
    },
  };
  return {
    dump: { ...dump, memory, close: () => undefined },
    read,
    refuse: (pfn) => {
      refused = pfn;
    },
  };
}

/** What the tool says of a dump, section by section; or the one sentence for which it can't. */
export type Answer =
  | { readonly sections: readonly Section[]; readonly defects: readonly string[] }
  | { readonly refusal: string };

export interface Answered {
  readonly together: Answer;
  readonly alone: () => readonly Section[];
  /** How many of the pages had been read when the kernel was up: names and types, for the most part. */
  readonly readToOpen: number;
}

/** All plugins, one after another on one kernel; then, where asked for, each alone on a kernel of its own. */
export async function answerOf({ dump, read }: WatchedDump, plugins: readonly Plugin[]): Promise<Answered> {
  let session: Session;
  try {
    session = await bringUp(dump, undefined, {});
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { together: { refusal: error.message }, alone: () => [], readToOpen: read.size };
  }
  const { kernel, defects } = session;
  const readToOpen = read.size;
  return {
    together: { sections: plugins.map((plugin) => sectionOf(kernel, plugin)), defects },
    alone: () => plugins.map((plugin) => sectionOf(session.freshKernel(), plugin)),
    readToOpen,
  };
}

function sectionOf(kernel: Kernel, plugin: Plugin): Section {
  return runPlugin(kernel, plugin, plugin.inReport ?? defaultValues(plugin.flags, plugin.arguments));
}
