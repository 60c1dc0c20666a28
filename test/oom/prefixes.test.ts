import { describe, expect, test } from 'vitest';
import { reportsIn } from '../../src/oom/index.js';
import { globalReport, memcgReport } from './text.js';

/** The kernel's text of each line, without the stamp. */
const bare = globalReport.split('\n').map((line) => line.replace(/^\[ *[\d.]+\] /, ''));
const logical = globalReport
  .replace(/\n {8,}/g, '#012 ')
  .trimEnd()
  .split('\n');

const plain = summary(globalReport);

function summary(text: string): unknown {
  return reportsIn(text).map(
    ({ event, memInfo, nodes, zones, freeLists, hugepages, swap, totals, tasks, kills, reaped, missing, kernel }) => {
      const { time: _, ...rest } = event;
      const untimed = (list: readonly { time?: string }[]): unknown => list.map(({ time: __, ...one }) => one);
      return {
        rest,
        memInfo,
        nodes,
        zones,
        freeLists,
        hugepages,
        swap,
        totals,
        tasks,
        kills: untimed(kills),
        reaped: untimed(reaped),
        missing,
        kernel: { ...kernel, host: undefined },
      };
    },
  );
}

describe('what user space wrote through /dev/kmsg is not the kernel\u2019s word, whoever printed the log', () => {
  test.each<[string, (line: string) => string, (line: string) => string]>([
    ['a priority', (line) => `<12>${line}`, (line) => `<4>${line}`],
    [
      'a priority of syslog, before its stamp',
      (line) => `<28>Jun 20 12:47:02 db kernel: ${line}`,
      (line) => `<4>Jun 20 12:47:02 db kernel: ${line}`,
    ],
    ['dmesg -x', (line) => `user  :warn  : ${line}`, (line) => `kern  :warn  : ${line}`],
    [
      'records of /dev/kmsg',
      (line) => `12,2,10000000,-;${line.replace(/^\[ *[\d.]+\] /, '')}`,
      (line) => `4,2,10000000,-;${line.replace(/^\[ *[\d.]+\] /, '')}`,
    ],
  ])('%s', (_, users, kernels) => {
    expect(reportsIn(logical.map(users).join('\n'))).toEqual([]);
    expect(reportsIn(logical.map(kernels).join('\n'))).toHaveLength(1);
  });
});

describe('a line may begin in many ways; the report is the same', () => {
  const month = 'Jun 20 12:47:02';
  const forms: Record<string, (line: string) => string> = {
    'with the caller': (line) => line.replace(/^(\[ *[\d.]+\]) /, '$1[ T5532] '),
    'with a priority': (line) => `<4>${line}`,
    syslog: (line) => `${month} new-db1 kernel: ${line}`,
    'syslog without a stamp of the kernel': (line) => `${month} new-db1 kernel: ${line.replace(/^\[ *[\d.]+\] /, '')}`,
    'syslog without a host': (line) => `${month} kernel: ${line}`,
    'journald, ISO': (line) => `2024-05-30T14:08:25+0200 host-1 kernel: ${line.replace(/^\[ *[\d.]+\] /, '')}`,
    'RFC 3339 with micros': (line) => `2024-05-30T14:08:25.123456+02:00 host.example.org kernel: ${line}`,
    'dmesg -T': (line) => line.replace(/^\[ *[\d.]+\]/, '[Wed Mar 13 11:16:48 2024]'),
    'dmesg -T, Spanish': (line) => line.replace(/^\[ *[\d.]+\]/, '[mié mar 13 11:16:48 2024]'),
    'dmesg -T, Chinese': (line) => line.replace(/^\[ *[\d.]+\]/, '[三 3月 13 11:16:48 2024]'),
    'dmesg --time-format iso': (line) => line.replace(/^\[ *[\d.]+\]/, '2024-03-13T11:16:48,123456+01:00'),
    'dmesg -x': (line) => `kern  :warn  : ${line}`,
    'a kmsg record': (line) =>
      line.replace(/^\[ *[\d.]+\] /, '4,19685342,241227987454,-,caller=T5532;').replaceAll('#012', '\\x0a'),
    'a quoted mail': (line) => `> ${line}`,
    'quoted twice': (line) => `>> ${line}`,
    'syzbot quoted': (line) => `>  | ${line}`,
    'a tab': (line) => `\t${line}`,
    Markdown: (line) => `    ${line}`,
    'a container': (line) => `kernel-log_1  | ${line}`,
    'CR LF': (line) => `${line}\r`,
    'a literal ^M': (line) => `${line}^M`,
    'NO-BREAK SPACE': (line) => line.replaceAll(' ', '\u00a0'),
    colours: (line) => `\u001b[32m${line}\u001b[0m`,
    'journalctl -o json': (line) => JSON.stringify({ _HOSTNAME: 'h', MESSAGE: line }),
    'the console after a shell prompt': (line) => `root@box:~# ${line}`,
  };
  test.each(Object.entries(forms))('%s', (_name, form) => {
    expect(summary(logical.map(form).join('\n'))).toEqual(plain);
  });

  test.each([
    ['new-db1', forms['syslog']!],
    ['host.example.org', forms['RFC 3339 with micros']!],
    [undefined, forms['syslog without a host']!],
    [undefined, forms['dmesg -T']!],
    [undefined, forms['a container']!],
  ] as const)('the host that syslog names: %s', (host, form) => {
    const [report] = reportsIn(logical.map(form).join('\n'));
    expect(report!.kernel.host).toBe(host);
  });

  test('no prefix at all', () => {
    expect(summary(bare.join('\n'))).toEqual(plain);
  });

  test('all of it in one line with #012', () => {
    expect(summary(`${month} db kernel: ${bare.join('#012')}`)).toEqual(plain);
  });
});

describe('broken lines', () => {
  test.each([60, 72, 80, 100])('a mail wraps at %i columns', (width) => {
    expect(summary(logical.map((line) => wrap(line.replaceAll('#012', '\n'), width)).join('\n'))).toEqual(plain);
  });

  test('a mail wraps and quotes what had no stamps', () => {
    const text = bare
      .map((line) => wrap(line, 72))
      .join('\n')
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n');
    expect(summary(text)).toEqual(plain);
  });

  test('a terminal breaks a value in its middle', () => {
    const text = globalReport
      .replace('anon-rss:11172224kB, file-rss', 'anon-rss:11172224k\nB, file-rss')
      .replace(
        'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_',
        'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_\n',
      );
    expect(summary(text)).toEqual(plain);
  });

  test('lines of other CPUs and programs in between', () => {
    const noise = [
      '[  130.8] usb 1-1: new high-speed USB device',
      'May 19 18:14:43 host systemd[1]: Out of memory: Killed process 1 (init)',
      '[  130.9]  ? trace_hardirqs_on+0x67/0x220',
    ];
    const text = globalReport
      .split('\n')
      .flatMap((line, i) => (/^ {8}/.test(line) ? [line] : [noise[i % noise.length]!, line]))
      .join('\n');
    expect(reportsIn(text)).toHaveLength(1);
    expect(summary(text)).toEqual(plain);
  });

  test('two reports at the same time, told apart by the caller', () => {
    const first = logical.map((line) => line.replace(/^(\[ *[\d.]+\]) /, '$1[ T5532] '));
    const second = memcgReport
      .replace(/\n {8,}/g, '#012')
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^(\[ *[\d.]+\]) /, '$1[  T210] '));
    const mixed = first.flatMap((line, i) => (second[i] === undefined ? [line] : [line, second[i]]));
    const reports = reportsIn(mixed.join('\n'));
    expect(reports.map((report) => [report.event.comm, report.tasks?.length, report.kills.length])).toEqual([
      ['a.out', 4, 1],
      ['stress', 2, 1],
    ]);
  });
});

describe('what is cut is said', () => {
  test('the tail only', () => {
    const [report] = reportsIn(globalReport.slice(globalReport.indexOf('[  130.827731]')));
    expect(report!.kills[0]!.anonRssKB).toBe(11172224);
    expect(report!.reaped).toHaveLength(1);
    expect(report!.event.comm).toBeUndefined();
    expect(report!.missing).toEqual(
      expect.arrayContaining([
        expect.stringContaining('who asked'),
        expect.stringContaining('zones'),
        'the task table',
      ]),
    );
  });
  test('the beginning only', () => {
    const [report] = reportsIn(globalReport.slice(0, globalReport.indexOf('[  130.801864]')));
    expect(report!.zones).toHaveLength(3);
    expect(report!.missing).toEqual(['the task table', 'a kill line: who was killed, if anyone']);
  });
  test('a counter that is not printed is absent, not zero', () => {
    const [report] = reportsIn(globalReport);
    expect(report!.memInfo!.sec_pagetables).toBeUndefined();
    expect(report!.memInfo!.bounce).toBe(0);
  });
});

describe('numbers', () => {
  test('beyond 2^53 are exact', () => {
    const [report] = reportsIn(memcgReport.replace('anon 41725952', 'anon 18446744073709551615'));
    expect(report!.memcg!.stat!['anon']).toBe(18446744073709551615n);
    expect(report!.memcg!.counters[1]).toMatchObject({
      name: 'swap',
      limitKB: null,
      limitPrintedKB: 18014398509481983n,
    });
  });
});

describe('names that no one should trust', () => {
  test.each(['tmux: server', '(sd-pam)', 'a (b) c', 'oom-killer: x', 'we)ird (name', 'in:imjournal', 'runc:[2:INIT]'])(
    '%s',
    (comm) => {
      const [report] = reportsIn(globalReport.replaceAll('a.out', () => comm));
      expect(report!.event.comm).toBe(comm);
      expect(report!.kills[0]!.comm).toBe(comm);
      expect(report!.tasks!.at(-1)!.name).toBe(comm);
    },
  );
});

function wrap(line: string, width: number): string {
  return line
    .split('\n')
    .map((one) => {
      const out: string[] = [];
      let rest = one;
      while (rest.length > width) {
        const at = rest.lastIndexOf(' ', width);
        if (at <= 20) {
          const next = rest.indexOf(' ', width);
          if (next < 0) break;
          out.push(rest.slice(0, next));
          rest = rest.slice(next + 1);
          continue;
        }
        out.push(rest.slice(0, at));
        rest = rest.slice(at + 1);
      }
      return [...out, rest].join('\n');
    })
    .join('\n');
}
