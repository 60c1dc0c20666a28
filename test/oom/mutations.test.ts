import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reportsIn } from '../../src/oom/index.js';
import { dumpsDir } from '../dumps.js';

/** Real logs, put through what mails, terminals and other programs do to a log: the facts must stay. */

const dumps = dumpsDir();
const kernelLogs =
  dumps === undefined
    ? []
    : readdirSync(dumps)
        .map((name) => join(dumps, name, 'kernel.log'))
        .filter((file) => existsSync(file));
const folder = resolve(import.meta.dirname, '../../../shared/oom-logs');
const fieldLogs = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((name) => join(folder, name))
  : [];
if (kernelLogs.length + fieldLogs.length === 0) console.log('skipped: neither the dumps nor the field logs are there');

function facts(text: string): unknown {
  return reportsIn(text).map(({ event, kills, memcg, totals, swap, tasks, zones, freeLists, memInfo }) => ({
    comm: event.comm,
    mask: event.gfp?.mask,
    order: event.order,
    adj: event.oomScoreAdj,
    constraint: event.constraint,
    memcg: memcg?.path,
    memInfo,
    totals,
    swap,
    kills: kills.map((kill) => [kill.pid, kill.comm, kill.anonRssKB]),
    tasks: tasks?.length,
    zones: zones?.length,
    freeLists: freeLists?.length,
  }));
}

const everywhere: Record<string, (text: string) => string> = {
  'CR LF': (text) => text.replace(/\n/g, '\r\n'),
  'stamps taken off': (text) => text.replace(/^\[ *\d+\.\d+\](\[ *[TC]\d+\])? /gm, ''),
  'lines of others in between': (text) =>
    text
      .split('\n')
      .map((line, i, all) =>
        line.startsWith('[') && (all[i + 1] ?? '[').startsWith('[')
          ? `${line}\n[ 1234.5678${(i % 90) + 10}] eth0: link up ${i}`
          : line,
      )
      .join('\n'),
};
const onWholeLogs: Record<string, (text: string) => string> = {
  syslog: (text) => text.replace(/^/gm, 'Jun  2 12:47:02 db-1 kernel: '),
  'ISO stamps': (text) => text.replace(/^/gm, '2024-05-30T14:08:25.123456+02:00 h kernel: '),
  'a container': (text) => text.replace(/^/gm, 'svc_1  | '),
  'wrapped and quoted': (text) =>
    text
      .split('\n')
      .map((line) => wrap(line, 76))
      .join('\n')
      .replace(/^/gm, '> '),
  'a terminal of 80 columns': (text) => text.replace(/(.{80})(?=.)/g, '$1\n'),
};

describe.skipIf(fieldLogs.length + kernelLogs.length === 0).each(Object.entries(everywhere))('%s', (_name, change) => {
  test.each([...fieldLogs, ...kernelLogs])('%s', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(inWords(facts(change(text)))).toEqual(inWords(facts(text)));
  });
});

describe.skipIf(kernelLogs.length === 0).each(Object.entries(onWholeLogs))('%s', (_name, change) => {
  test.each(kernelLogs)('%s', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(facts(change(text))).toEqual(facts(text));
  });
});

/** As JSON: a bigint has no form there, and two numbers that are equal are the same text. */
function inWords(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
}

function wrap(text: string, width: number): string {
  const out: string[] = [];
  let rest = text;
  while (rest.length > width) {
    let at = rest.lastIndexOf(' ', width);
    if (at <= 20) at = rest.indexOf(' ', width);
    if (at < 0) break;
    out.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...out, rest].join('\n');
}
