import { defined } from './defined.js';

/** What findings are about. */
export const subjectKinds = [
  'machine',
  'task',
  'tasks',
  'cpus',
  'lock',
  'locks',
  'file system',
  'grace period',
  'cgroup',
  'nodes',
  'zones',
  'memory',
  'slab cache',
  'function',
  'other',
] as const;

/** One of them. */
export type SubjectKind = (typeof subjectKinds)[number];

/** What a finding is about: what it is to be sought by, in a table, in another dump, in a script. */
export interface Subject {
  readonly kind: SubjectKind;
  /**
   * As the kernel calls it, without numbers and addresses: a task's comm, a lock's variable or member, a cgroup's path,
   * the function that stuck CPUs are in or that failed, the kind of memory ('shmem').
   */
  readonly name?: string;
  /** Of a task, or of all of them. */
  readonly pids?: readonly number[];
  readonly cpus?: readonly number[];
  /** The type at `address`: 'struct mutex'. */
  readonly type?: string;
  readonly address?: bigint;
}

/**
 * Subjects whose name says which problem it is. Which process was killed, whose limit was hit and which zone was full
 * differ between two deaths of the same.
 */
const telling: ReadonlySet<SubjectKind> = new Set<SubjectKind>([
  'tasks',
  'cpus',
  'lock',
  'locks',
  'file system',
  'grace period',
  'function',
  'other',
]);

/** What a subject adds to the name of a problem; '' where it does not tell it apart from others. */
export function problemOf(subject: Subject | undefined): string {
  return subject !== undefined && telling.has(subject.kind) ? (subject.name ?? '') : '';
}

/** A process, by what its finding calls it. */
export function taskSubject({ pid, comm }: { readonly pid: number; readonly comm?: string | undefined }): Subject {
  return { kind: 'task', ...defined({ name: comm }), pids: [pid] };
}
