import { exactCount } from '../../count.js';
import type { Count } from '../../model.js';
import { push, bounds, type Draft } from '../draft.js';
import { pairs, type LineKind } from '../line-kind.js';

/** mem_cgroup_print_oom_meminfo() and its older forms (mm/memcontrol.c). */

/** "memory: usage 524288kB, limit 524288kB, failcnt 1240247"; also swap, memory+swap, kmem. */
export const memcgCounter: LineKind = {
  name: 'memcg counter',
  role: 'body',
  starts: /^(?:memory|memory\+swap|swap|kmem): usage \d+kB/,
  continues: /^(?:limit|failcnt|\d)/,
  open: (text) => !/failcnt \d+/.test(text),
  read(text, draft) {
    const found = /^(\S+): usage (\d+)kB(?:, limit (\d+)kB)?(?:, failcnt (\d+))?/.exec(text);
    if (found === null || found[3] === undefined) return;
    const limit = exactCount(found[3]);
    push(
      draft,
      draft.memcgCounters,
      {
        name: found[1]!,
        usageKB: exactCount(found[2]!),
        limitKB: isNoLimit(limit) ? null : limit,
        limitPrintedKB: limit,
        failures: exactCount(found[4] ?? '0'),
      },
      16,
      'memcg counters',
    );
  },
};

/** "Memory cgroup stats for /path:", then a line for each entry; v1 until 5.1 all on that line, in KB. */
export const memcgStat: LineKind = {
  name: 'memory.stat',
  long: true,
  role: 'body',
  starts: /^Memory cgroup stats(?: for|:)/,
  continues: /^(?:\/\S*|for \S|[a-z_]+:\d+[kK]B|:)/,
  open: (text) => !text.endsWith(':'),
  token: /^[a-z_]+:\d+KB$/,
  read(text, draft) {
    draft.section = 'stat';
    const found = /^Memory cgroup stats(?: for (.*?))?:(?: (.*))?$/.exec(text);
    const inline = found === null ? [] : pairs(found[2] ?? '', 'kB');
    // v1 prints one line for every group below: the first is the group whose limit was hit.
    if (draft.stat !== undefined && inline.length > 0) return;
    if (found?.[1] !== undefined) {
      draft.statPath ??= found[1];
      draft.memcgPath ??= found[1];
    }
    if (inline.length === 0) return;
    draft.statUnit = 'kB';
    draft.stat = new Map(inline.map(([name, digits]) => [name, exactCount(digits)]));
  },
};

/** "Task in /a/b killed as a result of limit of /a", until 4.20. */
export const taskInMemcg: LineKind = {
  name: 'task in memcg',
  long: true,
  role: 'body',
  starts: /^Task in .* killed as a result of limit of/,
  continues: /^\//,
  open: (text) => text.endsWith('limit of'),
  read(text, draft) {
    const found = /^Task in (.*) killed as a result of limit of (.*)$/.exec(text);
    if (found === null) return;
    draft.taskMemcgPath ??= found[1]!;
    draft.memcgPath = found[2]!;
  },
};

export const memcgProtection: LineKind = {
  name: 'memcg protection',
  role: 'body',
  starts: /^Memory cgroup min protection \d+kB/,
  read(text, draft) {
    const found = /min protection (\d+)kB -- low protection (\d+)kB/.exec(text);
    if (found !== null) draft.protectionKB ??= { min: exactCount(found[1]!), low: exactCount(found[2]!) };
  },
};

/** memory.oom.group: "Tasks in /x are going to be killed due to memory.oom.group set". */
export const groupKill: LineKind = {
  name: 'group kill',
  role: 'kill',
  starts: /^Tasks in .* are going to be killed/,
  continues: /^(?:to memory|memory\.oom|due|set)/,
  open: (text) => !text.endsWith('set'),
  read(text, draft) {
    draft.groupKill = /^Tasks in (.*) are going to be killed/.exec(text)![1]!;
  },
};

/** "anon 5222400": only after "Memory cgroup stats". */
export function readStatEntry(text: string, draft: Draft): boolean {
  const entry = /^([a-z][\w.]*) (\d+)$/.exec(text);
  if (entry === null) return false;
  draft.stat ??= new Map<string, Count>();
  draft.statUnit ??= 'bytes';
  if (draft.stat.size < bounds.stat && !draft.stat.has(entry[1]!)) draft.stat.set(entry[1]!, exactCount(entry[2]!));
  return true;
}

/**
 * PAGE_COUNTER_MAX, in kB: LONG_MAX / PAGE_SIZE pages (1970 on 64-bit), LONG_MAX bytes before 3.19. 32-bit: pages of
 * LONG_MAX.
 */
function isNoLimit(kB: Count): boolean {
  return kB >= 9007199254740000n || kB === 8589934588;
}
