import { beforeAll, describe, expect, test } from 'vitest';

import { bundledPlugins } from '../../plugins/index.js';
import log from '../../plugins/log/index.js';
import ps from '../../plugins/ps/index.js';
import { parsePluginWords } from '../../src/app/plugin-values.js';
import { createRegistry } from '../../src/plugin/registry.js';
import { collectSection, type RunEvent } from '../../src/plugin/run-plugin.js';
import { renderJson } from '../../src/report/render-json.js';
import { makeReport, type DumpFacts } from '../../src/report/report.js';
import { openKernel } from '../../src/session/open-kernel.js';
import { answerTo } from '../../src/tui/data/answers.js';
import { build, oompm } from '../built.js';
import { dumpFile } from '../dumps.js';

describe('words at the prompt', () => {
  test('values, letters in one word, and what was not given', async () => {
    expect(await parsePluginWords(log, ['--limit', '20', '--level=err'])).toMatchObject({
      limit: 20,
      level: 'err',
      grep: undefined,
    });
    expect(await parsePluginWords(ps, ['-tT', 'java', '52'])).toMatchObject({
      tree: true,
      threads: true,
      user: false,
      task: ['java', '52'],
    });
  });
});

/** What is typed behind `:` on the screens, and what stands on a command line behind `oompm`. */
describe('the prompt and the command line', () => {
  const dump = dumpFile('6.1-global-panic/vmcore')!;
  const registry = createRegistry(bundledPlugins, []);
  const askable = { ...registry, runUsers: () => Promise.reject(new Error('there are none')) };
  beforeAll(build);

  const atPrompt = async (
    words: readonly string[],
  ): Promise<{ command: string | undefined; events: readonly RunEvent[] }> => {
    const kernel = await openKernel({ dump: [dump] });
    const pieces = [];
    for await (const piece of answerTo(kernel, askable, { kind: 'words', text: words.join(' ') })) pieces.push(piece);
    kernel.close();
    return {
      command: pieces.find(({ command }) => command !== undefined)?.command,
      events: pieces.flatMap(({ events }) => events),
    };
  };
  const onCommandLine = (
    [command, ...words]: readonly string[],
    ...more: readonly string[]
  ): ReturnType<typeof oompm> => oompm([command!, dump, ...words, ...more]);

  test.each([
    'info',
    'read jiffies_64',
    'rd jiffies_64 -n 32',
    'read runqueues:1 --type=rq',
    'list slab_caches',
    'list init_task --link task_struct.tasks',
    'struct zone',
    'sym jiffies_64',
    'log --limit 3',
    'zones --counters',
    'bt -aA',
    'ps -tT 1',
  ])('show the same: %s', async (line) => {
    const words = line.split(' ');
    const { command, events } = await atPrompt(words);
    const id = command!.split(' ')[1]!;
    const plugin = await registry.load(id);
    const collector = collectSection({ id, summary: plugin!.summary });
    for (const event of events) collector.take(event);
    const shown = JSON.parse(
      [...renderJson(makeReport('', {} as DumpFacts, [collector.section()], 'part'))].join(''),
    ) as {
      sections: unknown;
    };
    const { code, stdout } = await onCommandLine(words, '--format', 'json');
    expect(code).toBe(0);
    expect(shown.sections).toMatchObject([{ outcome: { kind: 'done' } }]);
    expect(shown.sections).toEqual((JSON.parse(stdout) as { sections: unknown }).sections);
  });

  test.each([
    'log --limit 0',
    'log --limit x',
    'log --level loud',
    'log --level er',
    'log --limit',
    'log some words',
    'zones --counters=no',
    'bt -aZ',
    'ps --tre',
    'read',
    'read jifies_64',
    'read jiffies_64 --length 0',
    'list slab_caches --lnk x',
    'list slab_caches --link x',
    'struct zoone',
    'sym jifies_64',
    'sym',
    'info more',
  ])('refuse in one sentence, the same: %s', async (line) => {
    const words = line.split(' ');
    const { events } = await atPrompt(words);
    const { code, stdout, stderr } = await onCommandLine(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [end, ...more] = events;
    expect(more).toEqual([]);
    expect(end).toMatchObject({ kind: 'end', outcome: { kind: 'unavailable' } });
    const said = (end as { outcome: { reason: string } }).outcome.reason;
    // Which command it was stands in the line that was typed.
    expect(stderr).toBe(
      `oompm: ${stderr.startsWith(`oompm: ${words[0]}: `) && !said.startsWith(`${words[0]}: `) ? `${words[0]}: ` : ''}${said}\n`,
    );
  });

  test('a place is shown as ever where a user’s plugin stands in the place of read', async () => {
    const users = {
      id: 'read',
      summary: 'Another',
      path: '/mine.ts',
      api: 1,
      flags: {},
      arguments: {},
      inReport: undefined,
      examples: [],
      explains: false,
      modules: [],
    };
    const asked: string[] = [];
    const other = {
      ...createRegistry(bundledPlugins, [users]),
      runUsers: ({ path }: { path: string }) => {
        asked.push(path);
        return Promise.resolve([{ kind: 'end', outcome: { kind: 'done' }, gaps: [] } as const]);
      },
    };
    const kernel = await openKernel({ dump: [dump] });
    const viewsOf = async (text: string): Promise<string[]> => {
      const ids: string[] = [];
      for await (const { events } of answerTo(kernel, other, { kind: 'words', text }))
        ids.push(...events.flatMap((event) => (event.kind === 'view' ? [event.view.id] : [])));
      return ids;
    };
    expect(await viewsOf('jiffies_64')).toEqual(['words']);
    expect(asked).toEqual([]);
    expect(await viewsOf('read')).toEqual([]);
    expect(asked).toEqual(['/mine.ts']);
    kernel.close();
  });

  test('a type alone is its members, but where a symbol has its name', async () => {
    const command = (text: string) => atPrompt([text]).then((answer) => answer.command);
    expect(await command('zone')).toBe('oompm struct VMCORE zone');
    expect(await command('kmem_cache')).toBe('oompm read VMCORE kmem_cache --length 1024');
  });
});
