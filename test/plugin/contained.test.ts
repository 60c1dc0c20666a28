import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundledModule } from '../../src/app/plugins.js';
import { defaultLimits, type Section } from '../../src/plugin/section.js';
import { startRunner } from '../../src/plugin/start-runner.js';
import { startClient } from '../../src/tui/data/client.js';
import type { Action } from '../../src/tui/state/actions.js';
import { build, oompm, type Answer } from '../built.js';
import { dumpFile } from '../dumps.js';

/** Whatever a plugin does, it is one sentence that names it, and the rest of the report stands. */

const folder = mkdtempSync(join(tmpdir(), 'oompm-contained-'));
const files: string[] = [];

function plugin(id: string, run: string, top = ''): string {
  const path = join(folder, `${id}.ts`);
  writeFileSync(
    path,
    `import { columns, definePlugin, fact, facts, table } from 'oompm';\n${top}\nexport default definePlugin({ id: '${id}', summary: 'Tried', *run(kernel) {
    yield facts('Before', [fact('first', 'First', 'text', 'here')]);\n${run}\n} });`,
  );
  files.push(path);
  return path;
}

/** Each with what is said of its file. */
const notLoaded = [
  [plugin('exits-on-load', '', 'process.exit(0);'), 'it ended its own process (process.exit(0)) while it was loaded'],
  [
    plugin('loops-on-load', '', 'for (;;);'),
    'it was not loaded within 10 s; look for an endless loop, or for what waits, outside of run',
  ],
  [
    plugin('patches-on-load', '', "Array.prototype.map = () => ['pwned'];"),
    'it changes Array.prototype.map, which all code uses; leave what is built in as it is',
  ],
  [
    plugin('fills-on-load', '', 'const held = [];\nfor (;;) held.push(Buffer.alloc(50_000_000, 1));'),
    'it took more than 1 GiB of memory while it was loaded',
  ],
  [plugin('waits-on-load', '', 'await new Promise(() => undefined);'), 'it awaits outside of run what never comes'],
  [
    plugin('closes-the-port', '', "import { parentPort } from 'node:worker_threads';\nparentPort?.close();"),
    "a plugin can't close the port of the worker that it runs in (line 3)",
  ],
  [plugin(`i${'d'.repeat(200)}`, ''), `a plugin's id has at most 40 characters, not 201 ("i${'d'.repeat(39)}…")`],
  [plugin('completion', ''), 'completion is a command of oompm itself'],
  [plugin('rejects-on-load', '', 'await Promise.reject(new Error("no"));'), 'no (line 2)'],
] as const;

const onlyBefore = ['Before'];

/** Each with its outcome, and the views that stand. */
const broken = [
  [
    plugin('exits', 'process.exit(0);'),
    { kind: 'failed', fault: 'plugin', reason: 'it ended its own process (process.exit(0))' },
  ],
  [
    plugin('patches', "Object.keys = () => ['pwned'];"),
    {
      kind: 'failed',
      fault: 'plugin',
      reason: "it changed Object.keys, which all code uses: what it told can't be relied on",
    },
  ],
  [
    plugin('fills', 'const held = [];\nfor (;;) held.push(Buffer.alloc(50_000_000, 1));'),
    { kind: 'cut short', reason: 'it took more than 1 GiB of memory and was ended' },
  ],
  [
    plugin('kills', "process.kill(process.pid, 'SIGTERM');"),
    { kind: 'failed', fault: 'plugin', reason: "Error: a plugin can't signal the process that it runs in" },
  ],
  [
    plugin('closes', 'fs.closeSync(3);', "import fs from 'node:fs';"),
    { kind: 'failed', fault: 'plugin', reason: "Error: a plugin can't close file handle 3, which it has not opened" },
  ],
  [
    plugin(
      'buffer',
      "yield table('Bytes', columns([{ key: 'raw', title: 'RAW', type: 'text' }]), [{ cells: { raw: Buffer.alloc(16) as unknown as string } }]);",
    ),
    {
      kind: 'failed',
      fault: 'plugin',
      reason:
        'table "Bytes", row 1: cell raw holds a Buffer, which can\'t be shown: give text, a number, a boolean, an address, null, a list of texts or a gap',
    },
  ],
] as const;

/** Their nearest neighbours. */
const whole = [
  plugin(
    'slow',
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);',
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);\nawait new Promise((done) => setTimeout(done, 500));',
  ),
  plugin(
    'polyfills',
    '',
    '(Array.prototype as unknown as { first: unknown }).first = function () { return (this as unknown[])[0]; };\nError.stackTraceLimit = 50;',
  ),
  plugin(
    'large',
    "const held = Buffer.alloc(300_000_000, 1);\nyield facts('Large', [fact('size', 'Size', 'text', 'x'.repeat(60_000)), fact('held', 'Held', 'bytes', held.length)]);",
  ),
  plugin(
    'huge-text',
    "yield facts('Large', [fact('text', 'Text', 'text', 'x'.repeat(200_000_000)), fact('wide', 'Wide', 'text', 'ä字'.repeat(1_000_000))]);",
  ),
  plugin(
    'prints',
    "console.log('\\u001b[31mto be seen');",
    'process.exitCode = 3;\nvoid setTimeout(() => undefined, 1e9);',
  ),
  plugin('late', "void Promise.reject(new Error('late'));"),
  plugin(
    'posts',
    'posts();',
    `import { parentPort, workerData } from 'node:worker_threads';
    if (workerData?.token !== undefined) throw new Error('a plugin can speak for the worker');
    const replies = [{ kind: 'ready' }, { kind: 'loaded' }, { kind: 'refused' }, { kind: 'event' }, { kind: 'event', event: { kind: 'end' } }, { kind: 'closed' }, { kind: 'defects', defects: 7 }];
    const posts = () =>
      [null, 'x', 1, { evil: 1 }, ...replies.flatMap((reply) => [1, 2, 3, 4].flatMap((run) => [{ ...reply, run }, { token: undefined, reply: { ...reply, run } }]))].forEach(
        (message) => parentPort?.postMessage(message),
      );
    posts();`,
  ),
  plugin(
    'own-files',
    `const fd = fs.openSync(file);
    fs.readSync(fd, Buffer.alloc(8));
    fs.closeSync(fd);
    fs.writeSync(1, 'bytes to be seen\\n');
    fs.writeSync(2, Buffer.from('--more of them\\n'), 2);`,
    `import fs, { close, createReadStream, open, writeFileSync } from 'node:fs';
    import { promisify } from 'node:util';
    const file = ${JSON.stringify(join(folder, 'own'))};
    writeFileSync(file, 'content');
    fs.appendFileSync(file, 'content');
    await promisify(close)(await promisify(open)(file, 'r'));
    for await (const piece of createReadStream(file)) if (String(piece) !== 'contentcontent') throw new Error(String(piece));
    const handle = await fs.promises.open(file, 'a');
    await handle.close();`,
  ),
  plugin('last', ''),
];

/** All that the process has: without a guard Node aborts, or what comes later has no dump. */
const closesAll = plugin(
  'closes-all',
  'closeAll();',
  `import fs, { close } from 'node:fs';
  const closeAll = () => {
    for (let fd = 0; fd < 100; fd++) {
      try { fs.closeSync(fd); } catch { /* not open */ }
      close(fd, () => undefined);
    }
  };
  closeAll();`,
);
const afterIt = plugin(
  'after-it',
  "yield facts('Read', [fact('release', 'Release', 'text', kernel.release), fact('frames', 'Panic', 'integer', kernel.memory.read(kernel.symbol('init_task'), 64).length)]);",
);

function configOf(name: string, plugins: readonly string[]): string {
  const config = join(folder, name);
  mkdirSync(join(config, 'oompm'), { recursive: true });
  writeFileSync(join(config, 'oompm/config.json'), JSON.stringify({ plugins }));
  return config;
}

const idOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1, -'.ts'.length);

interface ReportedSection {
  plugin: string;
  outcome: object;
  views: { title: string; facts?: { value: unknown }[] }[];
}

const dump = dumpFile('6.1-global-panic/vmcore')!;
beforeAll(build);

describe('a report with all of them', () => {
  let answer: Answer;
  let sections: ReportedSection[];
  beforeAll(async () => {
    answer = await oompm(['analyze', dump, '--format', 'json'], { env: { XDG_CONFIG_HOME: configOf('all', files) } });
    ({ sections } = JSON.parse(answer.stdout) as { sections: ReportedSection[] });
  }, 180_000);
  const sectionOf = (path: string): ReportedSection | undefined =>
    sections.find((section) => section.plugin === idOf(path));

  test('is answered in part, with all that oompm says by itself', async () => {
    expect(answer.code).toBe(4);
    const { sections: ours } = JSON.parse((await oompm(['analyze', dump, '--format', 'json'])).stdout) as {
      sections: ReportedSection[];
    };
    expect(sections.slice(0, ours.length)).toEqual(ours);
    expect(sections.slice(ours.length).map((section) => section.plugin)).toEqual(
      [...broken.map(([path]) => path), ...whole, closesAll, afterIt].map(idOf),
    );
  });

  test.each(notLoaded)('%s is left out, and it is said why', (path, reason) => {
    expect(answer.stderr.split('\n')).toContain(`oompm: plugin ${path} is left out: ${reason}`);
    expect(sectionOf(path)).toBeUndefined();
  });

  test.each(broken)('%s: what it told before stands', (path, outcome) => {
    expect(sectionOf(path)).toMatchObject({ outcome, views: onlyBefore.map((title) => ({ title })) });
    expect(sectionOf(path)!.views).toHaveLength(1);
    expect(
      answer.stderr
        .split('\n')
        .filter(
          (line) => line.includes('answered in part') && (line.includes(path) || line.includes(` ${idOf(path)}: `)),
        ),
    ).toHaveLength(1);
  });

  test.each(whole)('%s is whole', (path) => {
    expect(sectionOf(path)).toMatchObject({ outcome: { kind: 'done' } });
    expect(answer.stderr).not.toContain(path);
  });

  test('one that closes what it has not opened closes nothing, and is told though it caught the error', () => {
    expect(sectionOf(closesAll)).toMatchObject({ outcome: { kind: 'done' } });
    expect(
      answer.stderr
        .split('\n')
        .filter((line) => line === `plugin ${closesAll}: a plugin can't close file handle 0, which it has not opened`),
    ).toHaveLength(2);
    expect(sectionOf(afterIt)).toMatchObject({
      outcome: { kind: 'done' },
      views: [{}, { facts: [{}, { value: 64 }] }],
    });
  });

  test('texts in it are no longer than they may be', () => {
    const values = sectionOf(whole[3]!)!.views[1]!.facts!.map(({ value }) => String(value));
    expect(values.map((value) => value.length)).toEqual([expect.closeTo(65_560, -2), expect.closeTo(65_560, -2)]);
    expect(values[0]).toMatch(/x… \(199934464 characters more\)$/);
    expect(String(sectionOf(whole[2]!)!.views[1]!.facts![0]!.value)).toHaveLength(60_000);
  });

  test('what one leaves undone fails alone', () => {
    expect(answer.stderr).toMatch(/^a plugin failed beside its run: Error: late in .*late\.ts:\d+:\d+/m);
  });

  test('what one prints is on stderr, and controls nothing there', () => {
    for (const line of [String.raw`\x1b[31mto be seen`, 'bytes to be seen', 'more of them'])
      expect(answer.stderr.split('\n')).toContain(line);
  });
});

test('one that is named is one sentence and exit 2, for any command', async () => {
  const [path, reason] = notLoaded[0];
  for (const words of [['info', dump], ['--help'], ['explain', dump]]) {
    expect(await oompm([...words, '--plugin', path])).toEqual({
      code: 2,
      stdout: '',
      stderr: `oompm: --plugin ${path} can't be used: ${reason}\n`,
    });
  }
});

test('its own command says the same', async () => {
  const { code, stdout, stderr } = await oompm(['exits', dump, '--plugin', broken[0][0]]);
  expect(code).toBe(4);
  expect(stdout).toMatch(/^First +here$/m);
  expect(stdout).toContain('exits: not shown whole: the plugin broke: it ended its own process (process.exit(0))');
  expect(stderr).toBe(
    `oompm: answered in part: plugin ${broken[0][0]} broke: it ended its own process (process.exit(0))\n`,
  );
});

/** With a limit of its own: 120 s each are too long for a test. */
test('what never looks at the clock is ended from outside', async () => {
  const searches = plugin('searches', "/^(a+)+$/.test(`${'a'.repeat(60)}b`);");
  const writes = plugin('writes', 'String(7n ** 300_000_000n);');
  const healthy = plugin('healthy', '');
  const runner = startRunner({ files: [searches, writes, healthy] });
  const ask = (path: string): Promise<Section> =>
    runner.run(
      { id: idOf(path), summary: 'Tried', path },
      {},
      { dump: { dump: [dump] } },
      { limits: { ...defaultLimits, ms: 1_000 } },
    );
  try {
    for (const path of [searches, writes]) {
      expect(await ask(path)).toMatchObject({
        outcome: { kind: 'cut short', reason: 'it took longer than 1 s and was ended' },
        views: [{ title: 'Before' }],
      });
    }
    expect(await ask(healthy)).toMatchObject({ outcome: { kind: 'done' }, views: [{ title: 'Before' }] });
  } finally {
    await runner.close();
  }
}, 60_000);

describe('explain', () => {
  const explaining = (id: string, explain: string): string => {
    const path = join(folder, `${id}.ts`);
    writeFileSync(
      path,
      `import { definePlugin, fact, facts } from 'oompm';\nexport default definePlugin({ id: '${id}', summary: 'Tried', *run() {}, *explain(reports) {
      yield facts('Reports', [fact('count', 'Count', 'integer', reports.length), fact('mode', 'Killed', 'text', reports[0]?.kill?.comm ?? 'nobody')]);\n${explain}\n} });`,
    );
    return path;
  };
  const log = dumpFile('6.1-global-panic/kernel.log')!;

  test('asks a user’s plugin in its worker; one that ends it leaves the rest', async () => {
    const [exits, healthy] = [explaining('leaves', 'process.exit(1);'), explaining('counts', '')];
    const { code, stdout, stderr } = await oompm([
      'explain',
      log,
      '--format',
      'json',
      '--plugin',
      exits,
      '--plugin',
      healthy,
    ]);
    const { sections } = JSON.parse(stdout) as { sections: ReportedSection[] };
    expect(code).toBe(4);
    expect(stderr).toBe(`oompm: answered in part: plugin ${exits} broke: it ended its own process (process.exit(1))\n`);
    expect(sections.map((section) => [section.plugin, section.outcome, section.views.length > 0])).toEqual([
      ['oom', { kind: 'done' }, true],
      ['leaves', { kind: 'failed', fault: 'plugin', reason: 'it ended its own process (process.exit(1))' }, true],
      ['counts', { kind: 'done' }, true],
    ]);
    expect(sections[2]!.views[0]!.facts![0]!.value).toBeGreaterThan(0);
  });
});

describe('the screens', () => {
  test('have the others’ results, the sentence, and answers to what is asked', async () => {
    const before = process.env['XDG_CONFIG_HOME'];
    process.env['XDG_CONFIG_HOME'] = configOf('screens', [notLoaded[0][0], broken[0][0], broken[3][0], whole[1]!]);
    const actions: Action[] = [];
    let wake = (): void => undefined;
    const flags = {
      format: undefined,
      output: undefined,
      color: 'never',
      vmlinux: undefined,
      search: false,
      debuginfod: false,
      force: false,
      types: undefined,
      vmcoreinfo: undefined,
      raw: false,
      evidence: false,
      redact: false,
      plugin: undefined,
    } as const;
    const client = startClient({ words: [dump], flags, bundled: bundledModule() }, (action) => {
      actions.push(action);
      wake();
    });
    const until = async (done: () => boolean): Promise<void> => {
      while (!done()) await new Promise<void>((resolve) => (wake = resolve));
    };
    const outcomes = (): Map<string, unknown> =>
      new Map(
        actions.flatMap((action) =>
          action.kind === 'yielded'
            ? action.events.flatMap((event) => (event.kind === 'end' ? [[action.id, event.outcome] as const] : []))
            : [],
        ),
      );
    const answers = (): unknown[] => {
      const ends: unknown[] = [];
      for (const action of actions)
        if (action.kind === 'answered')
          for (const event of action.events) if (event.kind === 'end') ends[action.request] = event.outcome;
      return ends;
    };
    try {
      await until(() => ['overview', 'exits', 'kills', 'polyfills'].every((id) => outcomes().has(id)));
      expect(actions.find(({ kind }) => kind === 'found')).toMatchObject({
        warnings: [`plugin ${notLoaded[0][0]} is left out: ${notLoaded[0][1]}`],
      });
      expect(outcomes().get('exits')).toEqual(broken[0][1]);
      expect(outcomes().get('kills')).toMatchObject(broken[3][1]);
      expect([outcomes().get('overview'), outcomes().get('polyfills')]).toEqual([{ kind: 'done' }, { kind: 'done' }]);
      for (const [request, text] of ['exits', 'polyfills', 'zones'].entries())
        client.ask(request, { kind: 'words', text });
      await until(() => answers().filter((one) => one !== undefined).length === 3);
      expect(answers()).toEqual([broken[0][1], { kind: 'done' }, { kind: 'done' }]);
      expect(actions.filter(({ kind }) => kind === 'refused')).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['XDG_CONFIG_HOME'];
      else process.env['XDG_CONFIG_HOME'] = before;
      await client.close();
    }
  }, 120_000);
});
