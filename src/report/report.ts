import type { Section } from '../plugin/section.js';
import type { Certainty } from '../words/certainty.js';
import type { Finding } from '../words/finding.js';
import { signatureOf } from './signature.js';
import { summaryOf } from './summary.js';

/** Raised when a reader of the JSON could break: a field gone or of another meaning. New fields do not raise it. */
export const schemaVersion = 2;

/** What was analysed; the same for one dump in whatever format, but for `files` and `format`. */
export interface DumpFacts {
  readonly files: readonly string[];
  /** In words: "kdump-compressed, header version 6, zstd". */
  readonly format: string;
  readonly architecture: string;
  readonly release: string;
  /** The machine's own name; absent where it has none or it can't be read. */
  readonly host?: string;
  /** In bytes. */
  readonly pageSize: number;
  /** The file that symbols or types came from; absent where the dump's own served. */
  readonly vmlinux?: string;
  /** What the file shows of its own incompleteness, a sentence each. */
  readonly defects: readonly string[];
}

/** A finding and the plugin that found it. */
export type ReportedFinding = Finding & { readonly plugin: string };

export interface Report {
  readonly schemaVersion: typeof schemaVersion;
  readonly tool: { readonly name: 'oompm'; readonly version: string };
  readonly dump: DumpFacts;
  /** The same for dumps that died of the same; null where nothing was found, and of a part or a log. */
  readonly signature: string | null;
  /** How it ended, why, and what next: three sentences at most. Of one plugin's report there is none. */
  readonly summary: readonly string[];
  /** Over all plugins, what explains most first. */
  readonly findings: readonly ReportedFinding[];
  /** Views as yielded, less the findings. */
  readonly sections: readonly Section[];
}

/** DumpFacts.format of a text. */
export const logFormat = 'kernel log';

/**
 * What the sections are: all that a dump is judged by, or a part of them, or what a log tells. A part would give one
 * dump many signatures, and what a log leaves untold make twins of events that are none: these get none.
 */
export type Extent = 'whole' | 'part';

export function makeReport(version: string, dump: DumpFacts, sections: readonly Section[], extent: Extent): Report {
  const findings = orderFindings(
    sections.flatMap((section) =>
      section.views.flatMap((view) =>
        view.kind === 'findings' ? view.findings.map((finding) => ({ ...finding, plugin: section.plugin })) : [],
      ),
    ),
  );
  const isAnswer = sections.length > 1 || dump.format === logFormat;
  return {
    schemaVersion,
    tool: { name: 'oompm', version },
    dump,
    signature: extent === 'part' ? null : signatureOf(findings),
    summary: isAnswer ? summaryOf(findings) : [],
    findings,
    sections: sections.map((section) => ({
      ...section,
      views: section.views.filter((view) => view.kind !== 'findings'),
    })),
  };
}

/** A guess that would explain all ranks below a certainty that explains two thirds of it. */
const trust: Readonly<Record<Certainty, number>> = { certain: 1, likely: 0.85, possible: 0.6 };

/** By weight and certainty; equal ones by id, so that a report is the same every time. */
export function orderFindings<F extends Finding>(findings: readonly F[]): F[] {
  const rank = (finding: Finding): number => finding.weight * trust[finding.certainty];
  return findings.toSorted((a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
