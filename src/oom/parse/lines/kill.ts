import { exactCount, numberIn } from '../../count.js';
import type { Count } from '../../model.js';
import { push, bounds } from '../draft.js';
import type { LineKind } from '../line-kind.js';
import { defined } from '../../../words/defined.js';

const constraintKeys =
  /(?:^|,)(nodemask|cpuset|mems_allowed|oom_memcg|global_oom|task_memcg|task|pid|uid)(?:=|(?=,|$))/g;

/**
 * dump_oom_summary(), since 5.0:
 * "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,…,task=a.out,pid=1,uid=0".
 */
export const constraint: LineKind = {
  name: 'constraint',
  long: true,
  role: 'kill',
  starts: /^oom-kill: ?constraint=/,
  continues: /^\S/,
  open: (text) => !/,uid=\d+$/.test(text),
  solid: true,
  read(text, draft) {
    draft.constraint = /constraint=(\w+)/.exec(text)?.[1] ?? 'unknown';
    const values = constraintValues(text);
    const nodemask = values.get('nodemask');
    if (nodemask !== undefined) draft.nodemask = nodemask;
    const cpuset = values.get('cpuset');
    if (cpuset !== undefined) draft.cpuset = cpuset;
    const allowed = values.get('mems_allowed');
    if (allowed !== undefined) draft.memsAllowed = allowed;
    const memcg = values.get('oom_memcg');
    if (memcg !== undefined) draft.memcgPath = memcg;
    const taskMemcg = values.get('task_memcg');
    if (taskMemcg !== undefined) draft.taskMemcgPath = taskMemcg;
    const pid = values.get('pid');
    const task = values.get('task');
    if (pid === undefined && task === undefined) return;
    const uid = values.get('uid');
    const digits = uid !== undefined && /^\d+$/.test(uid) ? uid : undefined;
    draft.selected = defined({ pid: numberIn(pid), comm: task, uid: numberIn(digits) });
  },
};

/**
 * Until 5.0: "Out of memory: Kill process 1532 (name) score 919 or sacrifice child". What dies may be a child of it.
 * Since 5.2 also: "Out of memory: OOM victim 12 (name) is already exiting. Skip killing the task".
 */
export const selection: LineKind = {
  name: 'selection',
  role: 'kill',
  starts: /^(?:.{0,80}?: )?(?:[Kk]ill process \d+|OOM victim \d+ )/,
  continues: /^(?:\(|score|or |sacrifice|child)/,
  open: (text) => !/child$|memory$|task$/.test(text),
  read(text, draft) {
    const found = /(?:[Kk]ill process|OOM victim) (\d+)[, ]*(?:\((.*)\))?(?: score (\d+))?/.exec(text);
    if (found === null || /sharing same memory/.test(text)) return;
    draft.selected = {
      pid: Number(found[1]),
      ...defined({ comm: found[2], score: numberIn(found[3]) }),
    };
  },
};

const killValue = /^(?:total-vm|anon-rss|file-rss|shmem-rss|pgtables):\d+kB,?$|^(?:UID|oom_score_adj):-?\d+,?$/;

/** __oom_kill_process(): "Out of memory: Killed process 5532 (a.out) total-vm:11536932kB, …" in each of its forms. */
export const kill: LineKind = {
  name: 'kill',
  role: 'kill',
  starts:
    /^(?:.{0,80}?: ?)?Killed process(?: \d+|$)|^(?:Memory cgroup out of memory|Out of memory)(?::| \(oom_kill_allocating_task\):)?$/,
  continues:
    /^(?:Killed|Kill|process|\d+|\(|\)|,|[kK]?B,|[a-z-]{0,9}(?:vm|rss|tables|adj)?:|total-vm|anon-rss|file-rss|shmem-rss|UID|pgtables|oom_score|\w+-?rss:)/,
  open: (text) =>
    !(
      /oom_score_a\S+$/.test(text) ||
      (/file-rss:\d+kB$/.test(text) && !/UID:|pgtables/.test(text) && text.length < 60)
    ),
  token: killValue,
  read(text, draft, line) {
    const found = /^(?:(.*?): ?)?Killed process (\d+)(.*)$/.exec(text);
    if (found === null) return;
    const rest = found[3]!;
    const name = /^,?(?: UID \d+,)? ?\((.*?)\)(?=[, ]*(?:UID|total-vm|vsz|anon-rss|score|\.?$))/.exec(rest);
    const kB = (printed: string): Count | undefined => {
      const value = new RegExp(`\\b${printed}:(\\d+)kB`).exec(rest);
      return value === null ? undefined : exactCount(value[1]!);
    };
    push(
      draft,
      draft.kills,
      {
        pid: Number(found[2]),
        ...defined({
          comm: name?.[1],
          message: found[1] || undefined,
          uid: numberIn(/\bUID:? ?(\d+)/.exec(rest)?.[1]),
          totalVmKB: kB('(?:total-vm|vsz)'),
          anonRssKB: kB('anon-rss'),
          fileRssKB: kB('file-rss'),
          shmemRssKB: kB('shmem-rss'),
          pgtablesKB: kB('pgtables'),
          oomScoreAdj: numberIn(/oom_score_adj:(-?\d+)/.exec(rest)?.[1]),
          time: line.time,
        }),
      },
      bounds.kills,
      'kills',
    );
  },
};

/** oom_reap_task(): "oom_reaper: reaped process 5532 (a.out), now anon-rss:0kB, …", since 4.6. */
export const reaper: LineKind = {
  name: 'reaper',
  role: 'reaper',
  starts: /^oom_reaper: (?:reaped process|unable to reap pid:)/,
  continues: /^(?:\(|now|,|[a-z-]*rss:|\d+kB)/,
  open: (text) => text.startsWith('oom_reaper: reaped') && !/shmem-rss:\d+kB$/.test(text),
  token: killValue,
  read(text, draft, line) {
    const found = /^oom_reaper: (reaped process |unable to reap pid:)(\d+) ?(?:\((.*?)\)(?=,|\s|$))?(.*)$/.exec(text);
    if (found === null) return;
    const kB = <K extends string>(key: K, printed: string): { [k in K]?: Count } => {
      const value = new RegExp(`${printed}:(\\d+)kB`).exec(found[4]!);
      return value === null ? {} : ({ [key]: exactCount(value[1]!) } as { [k in K]: Count });
    };
    push(
      draft,
      draft.reaped,
      {
        pid: Number(found[2]),
        ...defined({ comm: found[3] }),
        done: found[1]!.startsWith('reaped'),
        ...kB('anonRssKB', 'anon-rss'),
        ...kB('fileRssKB', 'file-rss'),
        ...kB('shmemRssKB', 'shmem-rss'),
        ...defined({ time: line.time }),
      },
      bounds.kills,
      'reaper lines',
    );
  },
};

/** The end, where nothing can be killed or panic_on_oom is set. */
export const panic: LineKind = {
  name: 'panic',
  role: 'kill',
  starts:
    /^(?:Kernel panic - not syncing: .*(?:[Oo]ut of memory|out_of_memory|deadlocked on memory|no killable)|Out of memory and no killable processes)/,
  continues: /^(?:is |enabled|panic_on_oom|compulsory|system-wide|killable|processes)/,
  open: (text) => /(?:compulsory|panic_on_oom|is|killable|no)$/.test(text),
  read(text, draft) {
    const words = text.replace(/^Kernel panic - not syncing: /, '');
    draft.panic = draft.panic === undefined ? words : `${draft.panic} ${words}`;
    if (words !== text) draft.panicked = true;
  },
};

function constraintValues(text: string): Map<string, string> {
  const values = new Map<string, string>();
  const keys = [...text.matchAll(constraintKeys)];
  keys.forEach((key, i) => {
    const end = keys[i + 1]?.index ?? text.length;
    if (!values.has(key[1]!)) values.set(key[1]!, text.slice(key.index + key[0].length, end));
  });
  return values;
}
