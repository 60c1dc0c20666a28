import type { OpenOptions } from '../session/open-kernel.js';
import type { LogSubject, UsersPlugin } from './define-plugin.js';
import type { OptionValues } from './options.js';
import type { RunEvent } from './run-plugin.js';
import type { Limits } from './section.js';

/** Whose plugins a worker runs: a user's by their files, or ours by the file that exports the list of them. */
export type WorkersPlugins = { files: readonly string[] } | { bundled: string };

/** What a worker is started with: plugins cross as paths and ids, never as functions. */
export interface WorkerStart {
  plugins: WorkersPlugins;
  /** Set to 1 from elsewhere: the run ends at its next step. */
  cancelFlag: Int32Array;
  /** Marks replies. It is taken away before plugins load: what they post is nobody's reply. */
  token?: string;
}

/** What comes from the worker. */
export interface MarkedReply {
  token: string | undefined;
  reply: WorkerReply;
}

/** What a plugin is asked of: a dump, or what a log has. */
export type Subject = { dump: OpenOptions } | LogSubject;

/** To the worker: run one plugin, by its file or its id. Runs are done one after another. */
export interface RunRequest {
  run: number;
  plugin: string;
  values: OptionValues;
  subject: Subject;
  limits: Limits;
}

/**
 * From the worker. First `loading` for each file, then `loaded` or `refused`; `ready` behind the last. A run is
 * `opened`, or the dump does not open (`closed`); then come its events. `caught`: what a plugin was kept from that did
 * not mind. `lacks`: which of the gaps at its end are of what the kernel has not. `spoilt`: what all code shares was
 * changed, and this worker can't be relied on any more. `defects`, before the end: of the dump, with what the run met.
 */
export type WorkerReply =
  | { kind: 'loading'; path: string }
  | { kind: 'loaded'; plugin: UsersPlugin; caught: string | undefined }
  | { kind: 'refused'; path: string; reason: string; spoilt: boolean }
  | { kind: 'ready' }
  | { kind: 'printed'; text: string }
  | { kind: 'opened'; run: number }
  | { kind: 'closed'; run: number; message: string; input: boolean }
  | { kind: 'event'; run: number; event: RunEvent; lacks?: readonly number[]; spoilt?: true }
  | { kind: 'defects'; run: number; defects: readonly string[] };
