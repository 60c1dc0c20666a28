import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRunner, type Runner } from '../../src/plugin/start-runner.js';
import { defaultLimits } from '../../src/plugin/section.js';
import { build, oompm, projectRoot } from '../built.js';
import { dumpFile } from '../dumps.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-plugins-'));
function plugin(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const greeting = plugin(
  'greeting.ts',
  `
  import { definePlugin, fact, facts, InputError, type Kernel } from 'oompm';
  import { words } from './words.js';
  enum Tone { Quiet, Loud }
  export default definePlugin({
    id: 'greeting', summary: 'Says hello',
    flags: { loud: { type: 'boolean', char: 'l', summary: 'shout' } },
    arguments: { who: { type: 'string', summary: 'whom to greet' } },
    *run(kernel: Kernel, { loud, who = 'you' }) {
      if (who === 'nobody') throw new InputError('nobody is not there');
      yield facts('Greeting', [fact('hello', 'Hello', 'text', words(who, kernel.release) + (loud ? Tone[Tone.Loud] : ''))]);
    },
  });`,
);
plugin('words.ts', `export const words = (who: string, where: string): string => who + ' on ' + where;`);
const broken = plugin('broken.ts', 'export default definePlugin({');
plugin('mistake.ts', 'export const a = 1;\nexport const b = {\n  y: 5;\n};');
const helperBroken = plugin('helper-broken.ts', "import { b } from './mistake.js';\nexport default b;");
const throwsOnLoad = plugin(
  'throws-on-load.ts',
  'const nothing = undefined as unknown as { x: { y: number } };\nexport default nothing.x.y;',
);
const misspelt = plugin('misspelt.js', `export default { id: 'misspelt', summary: 'x', flgs: {}, *run() {} };`);
const throwing = plugin(
  'throwing.js',
  `export default { id: 'throwing', summary: 'Throws', *run() { throw new TypeError('oh'); } };`,
);
const older = plugin('older.js', `export default { id: 'older', summary: 'Old', api: 0, *run() {} };`);
const nothing = plugin('nothing.js', 'export const x = 1;');
const again = plugin('again.js', `export default { id: 'greeting', summary: 'Another', *run() {} };`);
const hanging = plugin(
  'hanging.js',
  `export default { id: 'hanging', summary: 'Hangs', *run() {
  yield { kind: 'facts', id: 'before', title: 'Before', facts: [] };
  for (;;);
} };`,
);

describe('a user’s plugin, on a real dump', () => {
  const dump = dumpFile('6.1-global-panic/vmcore')!;
  beforeAll(build);

  test('has its command, with its flags, arguments and help, and no build step', async () => {
    const { code, stdout, stderr } = await oompm(['greeting', '--plugin', greeting, dump, 'world', '-l']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Hello +world on 6\.1\.192-labLoud$/m);
    expect((await oompm(['greeting', '--help', '--plugin', greeting])).stdout).toMatch(/-l, --loud +shout/);
    expect((await oompm(['--help', '--plugin', greeting])).stdout).toMatch(/^ {2}greeting +Says hello$/m);
  });

  test('has its section in the report', async () => {
    const { stdout } = await oompm(['analyze', dump, '--plugin', greeting, '--format', 'json']);
    const report = JSON.parse(stdout) as { sections: { plugin: string; outcome: object }[] };
    expect(report.sections.at(-1)).toMatchObject({
      plugin: 'greeting',
      outcome: { kind: 'done' },
      views: [{ facts: [{ value: 'you on 6.1.192-lab' }] }],
    });
  });

  test('sees our own classes: its InputError is a sentence and exit 2', async () => {
    expect(await oompm(['greeting', dump, 'nobody', '--plugin', greeting])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'oompm: greeting: nobody is not there\n',
    });
  });

  test.each([
    [broken, /syntax error in line 1, column 30: Unexpected token\n$/],
    [helperBroken, /syntax error in mistake\.ts, line 3, column 7: Unexpected token/],
    [throwsOnLoad, /TypeError: Cannot read properties of undefined \(reading 'x'\) \(line 2\)/],
    [misspelt, /plugin misspelt: there is no key flgs; did you mean flags\?/],
    [older, /it was written for version 0 of the plugin interface; this oompm has version 1/],
    [nothing, /it has no default export/],
    [join(folder, 'gone.ts'), /there is no such file/],
    [folder, /it is a folder; name a file in it\n$/],
    ['/dev/null', /it is no regular file\n$/],
  ])('that can’t be loaded and was asked for by name is exit 2: %s', async (path, reason) => {
    const { code, stdout, stderr } = await oompm(['info', dump, '--plugin', path]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).toMatch(new RegExp(`^oompm: --plugin ${path} can't be used: `));
    expect(stderr).toMatch(reason);
  });

  test('that can’t be loaded and stands in the config file is one line, and the rest stands', async () => {
    const config = join(folder, 'config');
    mkdirSync(join(config, 'oompm'), { recursive: true });
    writeFileSync(join(config, 'oompm/config.json'), JSON.stringify({ plugins: [broken, greeting] }));
    const { code, stdout, stderr } = await oompm(['greeting', dump], { env: { XDG_CONFIG_HOME: config } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Hello +you on 6\.1\.192-lab$/m);
    expect(stderr).toMatch(new RegExp(`^oompm: plugin ${broken} is left out: [^\\n]*\\n$`));
  });

  test.each([
    [
      'a key that was misspelt',
      { plugns: [], plugins: [] },
      '"plugns" is ignored, there is no such key; did you mean plugins?',
    ],
    ['one that is like none', { colours: 'x' }, '"colours" is ignored, there is no such key; there is plugins'],
    ['a list', ['x.ts'], 'is ignored: it is no object: { "plugins": [ … ] }'],
    ['all is known', { plugins: [] }, undefined],
  ])('the config file: %s', async (title, content, sentence) => {
    const config = join(folder, `config-${title.replaceAll(' ', '-')}`);
    mkdirSync(join(config, 'oompm'), { recursive: true });
    writeFileSync(join(config, 'oompm/config.json'), JSON.stringify(content));
    const { code, stderr } = await oompm(['info', dump], { env: { XDG_CONFIG_HOME: config } });
    const path = join(config, 'oompm/config.json');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: sentence === undefined ? '' : `oompm: ${path}${sentence.startsWith('"') ? ':' : ''} ${sentence}\n`,
    });
  });

  test('may import every key of package.json’s exports', async () => {
    const { exports } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      exports: Record<string, unknown>;
    };
    const names = Object.keys(exports).map((key) => posix.join('oompm', key));
    expect(names).toContain('oompm/locks');
    const path = plugin(
      'all-doors.ts',
      `
      ${names.map((name, index) => `import * as door${index} from '${name}';`).join('\n')}
      import { definePlugin, fact, facts } from 'oompm';
      const opened = { ${names.map((name, index) => `'${name}': door${index}`).join(', ')} };
      export default definePlugin({ id: 'all-doors', summary: 'Opens all doors', *run() {
        yield facts('Doors', Object.entries(opened).map(([name, door], index) => fact('door' + index, name, 'integer', Object.keys(door).length)));
      } });`,
    );
    const { code, stdout, stderr } = await oompm(['all-doors', dump, '--plugin', path, '--format', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { sections } = JSON.parse(stdout) as {
      sections: { views: { facts: { title: string; value: number }[] }[] }[];
    };
    const found = sections[0]!.views[0]!.facts;
    expect(found.map(({ title }) => title)).toEqual(names);
    expect(found.filter(({ value }) => !(value > 0))).toEqual([]);
  });

  test.each([
    [
      "import { survey } from 'oompm/lokcs'; survey();",
      /there is no oompm\/lokcs; did you mean oompm\/locks\? \(line 1\)/,
    ],
    [
      "import { survey } from 'oompm/memory'; survey();",
      /there is no oompm\/memory; there are oompm, oompm\/inspect, /,
    ],
    [
      "import { colums } from 'oompm'; colums([]);",
      /ImportError: oompm exports no colums; did you mean columns\? \(line 1\)/,
    ],
    ["import * as all from 'oompm'; all.colums([]);", /ImportError: oompm exports no colums; did you mean columns\?/],
    [
      "import { processes } from 'oompm'; processes();",
      /exports no processes; it is in oompm\/linux: import it from there/,
    ],
    [
      "import { Sandwich } from 'oompm/oom'; Sandwich();",
      /exports no Sandwich; docs\/api\/oompm-oom\.md has its names \(line 1\)/,
    ],
  ])('that imports what is not there is told: %s', async (source, reason) => {
    const path = plugin('imports.js', `${source} export default { id: 'imports', summary: 'x', *run() {} };`);
    const { code, stderr } = await oompm(['imports', dump, '--plugin', path]);
    expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 2, lines: 2 });
    expect(stderr).toMatch(reason);
  });

  test('an import that is used only in run is told there, with its line; a look whether there is one is answered', async () => {
    const path = plugin(
      'imports-late.js',
      `import { porcesses } from 'oompm/linux';
import * as all from 'oompm';
import byDefault from 'oompm';
import { definePlugin, facts, fact } from 'oompm';
export default definePlugin({ id: 'late', summary: 'x', *run(kernel) {
  yield facts('There', [fact('a', 'A', 'boolean', 'facts' in all && !('fatcs' in all) && byDefault.facts === facts)]);
  porcesses(kernel);
} });`,
    );
    const { stdout } = await oompm(['late', dump, '--plugin', path]);
    expect(stdout).toMatch(/^A +yes$/m);
    expect(stdout).toMatch(
      /ImportError: oompm\/linux exports no porcesses; did you mean processes\? \(in \S+ \(.*imports-late\.js:7:/,
    );
  });

  test('a read that fails is told with what was read and the plugin’s line', async () => {
    const path = plugin(
      'lost.js',
      `const shape = { struct: 'task_struct', members: { comm: 'char[]' } };
export default { id: 'lost', summary: 'x', *run(kernel) {
  yield { kind: 'facts', id: 'a', title: kernel.ref(shape, 0x1000n).comm, facts: [] };
} };`,
    );
    const { stdout } = await oompm(['lost', dump, '--plugin', path]);
    expect(stdout).toMatch(
      /^lost: not shown: reading `task_struct\.comm`: 0x1\w+: not mapped \(an address of user space\) \(in \S+ \(.*lost\.js:3:/m,
    );
  });

  test('meets the classes that its host throws and gives, and walks the kernel’s containers', async () => {
    // Installed for its types, as npm does it: another copy of the same code, which must not be the one that it meets.
    const beside = join(folder, 'installed/node_modules/oompm');
    mkdirSync(beside, { recursive: true });
    for (const part of ['dist', 'package.json'])
      cpSync(join(projectRoot, part), join(beside, part), { recursive: true });
    const path = plugin(
      'installed/classes.ts',
      `
      import { definePlugin, fact, facts, Implausible, InputError, isGapError, MissingPage, objectView, Page, pageNumberOf, ReadError, ShapeError, Unmapped, type Kernel } from 'oompm';
      import { addressNamed, hlistNodes, idrEntries, inspectObject, listNodes, llistNodes, mapleEntries, placeInWords, rbtreeNodes, setBits, symbolInWords, typeLayout, typeNamed, xarrayEntries, xarrayLoad } from 'oompm/inspect';
      import { processes } from 'oompm/linux';
      const thrownBy = (work: () => unknown): unknown => { try { return work(); } catch (error) { return error; } };
      const count = (all: Iterable<unknown>): number => [...all].length;
      export default definePlugin({ id: 'classes', summary: 'Which classes it meets', *run(kernel: Kernel) {
        const read = thrownBy(() => kernel.memory.read(16n, 8));
        const init = addressNamed(kernel, 'init_task');
        const struct = typeNamed(kernel, 'task_struct');
        const task = processes(kernel).find(({ pid }) => pid === 1)!;
        const idr = addressNamed(kernel, 'init_pid_ns') + BigInt(kernel.offsetOf('pid_namespace', 'idr'));
        const root = idr + BigInt(kernel.offsetOf('idr', 'idr_rt'));
        const ids = [...idrEntries(kernel, idr, 'idr')];
        const base = addressNamed(kernel, 'hrtimer_bases:0') + BigInt(kernel.offsetNamed('hrtimer_cpu_base', 'clock_base') + kernel.offsetNamed('hrtimer_clock_base', 'active'));
        const pid = ids.find(({ id }) => id === 1)!.entry;
        const found: Record<string, boolean> = {
          ReadError: read instanceof ReadError && isGapError(read), cause: read instanceof ReadError && (read.cause instanceof Unmapped || read.cause instanceof MissingPage),
          ShapeError: thrownBy(() => kernel.bind({ struct: 'nothing', members: {} })) instanceof ShapeError,
          Implausible: thrownBy(() => kernel.userSpace(1n)) instanceof Implausible,
          InputError: thrownBy(() => addressNamed(kernel, 'no_such_symbol')) instanceof InputError,
          Page: kernel.memory.page(pageNumberOf(init, kernel.memory)) instanceof Page,
          list: count(listNodes(kernel, addressNamed(kernel, 'slab_caches'), 'list')) > 50,
          hlist: count(hlistNodes(kernel, pid + BigInt(kernel.offsetOf('pid', 'tasks')), 'hlist')) === 1,
          llist: count(llistNodes(kernel, addressNamed(kernel, 'call_single_queue:0'), 'llist')) >= 0,
          rbtree: count(rbtreeNodes(kernel, base, 'rbtree')) > 0,
          xarray: count(xarrayEntries(kernel, root, 'xarray')) >= ids.length && xarrayLoad(kernel, root, 1n, 'xarray') === pid,
          maple: count(mapleEntries(kernel, task.mm!.$address + BigInt(kernel.offsetOf('mm_struct', 'mm_mt')), 'maple')) > 3,
          idr: ids.length > 30 && ids[0]!.id === 1,
          bits: count(setBits([5n])) === 2,
          names: symbolInWords(kernel, init + 8n) === 'init_task+0x8' && placeInWords(kernel, init).endsWith(' <init_task>'),
          inspected: struct.kind === 'struct' && inspectObject(kernel, struct, init).length > 100 && typeLayout(struct).length > 100,
        };
        yield facts('Classes', Object.entries(found).map(([key, value]) => fact(key, key, 'boolean', value)));
        yield objectView(kernel, 'struct task_struct', init);
      } });`,
    );
    const { code, stdout, stderr } = await oompm(['classes', dump, '--plugin', path, '--format', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { sections } = JSON.parse(stdout) as {
      sections: {
        gaps: unknown[];
        views: { kind: string; title: string; facts: { key: string; value: boolean }[] }[];
      }[];
    };
    const [classes, object] = sections[0]!.views;
    expect(classes!.facts.filter(({ value }) => !value)).toEqual([]);
    expect(classes!.facts).toHaveLength(16);
    expect(object).toMatchObject({
      kind: 'tree',
      title: expect.stringMatching(/^struct task_struct at 0xf\w+ <init_task>$/) as string,
    });
    expect(sections[0]!.gaps).toEqual([]);
  });

  test('that breaks is named in its section, and is no bug of ours', async () => {
    const { code, stdout, stderr } = await oompm([
      'analyze',
      dump,
      '--only',
      'throwing,greeting',
      '--plugin',
      throwing,
      '--plugin',
      greeting,
    ]);
    expect(code).toBe(4);
    expect(stdout).toContain('throwing: not shown: the plugin broke: TypeError: oh');
    expect(stdout).toContain('you on 6.1.192-lab');
    expect(stderr).toContain(`oompm: answered in part: plugin ${throwing} broke: TypeError: oh`);
  });

  test('one that was edited is loaded anew when the runner is told to, after a mistake too', async () => {
    const says = (word: string): string =>
      `export default { id: 'edited', summary: 'Edited', *run() { yield { kind: 'facts', id: 'f', title: '${word}', facts: [] }; } };`;
    const path = plugin('edited.js', says('first'));
    const runner = startRunner({ files: [path] });
    const run = async (): Promise<unknown> => {
      const { outcome, views } = await runner.run(
        { id: 'edited', summary: 'Edited', path },
        {},
        { dump: { dump: [dump] } },
      );
      return 'reason' in outcome ? outcome.reason : views[0]?.title;
    };
    expect(await run()).toBe('first');
    writeFileSync(path, says('second'));
    expect(await run()).toBe('first');
    await runner.reload();
    expect(await run()).toBe('second');
    writeFileSync(path, 'export default {');
    await runner.reload();
    expect(await run()).toMatch(/^syntax error in line 1/);
    writeFileSync(path, says('third'));
    await runner.reload();
    expect(await run()).toBe('third');
    await runner.close();
  });

  test('with an id that is taken stands in the other’s place, and it is said', async () => {
    const { stdout, stderr } = await oompm(['--help', '--plugin', greeting, '--plugin', again]);
    expect(stderr).toBe(`oompm: ${again}: plugin greeting replaces the one from ${greeting}\n`);
    expect(stdout).toMatch(/^ {2}greeting +Another$/m);
  });

  describe('that hangs', () => {
    let runner: Runner;
    beforeAll(() => {
      runner = startRunner({ files: [hanging, greeting] });
    });
    afterAll(() => runner.close());

    test('is ended at its limit, what it yielded stands, and the next one runs', async () => {
      const ended = await runner.run(
        { id: 'hanging', summary: '', path: hanging },
        {},
        { dump: { dump: [dump] } },
        { limits: { ...defaultLimits, ms: 300 } },
      );
      expect(ended).toMatchObject({
        outcome: { kind: 'cut short', reason: 'it took longer than 0.3 s and was ended' },
        views: [{ id: 'before' }],
      });
      expect(
        await runner.run({ id: 'greeting', summary: '', path: greeting }, {}, { dump: { dump: [dump] } }),
      ).toMatchObject({ outcome: { kind: 'done' }, views: [{ id: 'greeting' }] });
    });

    test('is ended when it is cancelled', async () => {
      const running = runner.run(
        { id: 'hanging', summary: '', path: hanging },
        {},
        { dump: { dump: [dump] } },
        { onEvent: (event) => event.kind === 'view' && runner.cancel() },
      );
      expect(await running).toMatchObject({ outcome: { kind: 'cut short', reason: 'it was cancelled' } });
    });
  });
});
