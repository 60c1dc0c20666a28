import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, oompm, projectRoot, type Answer } from '../built.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-output-'));
const dump = join(projectRoot, 'fixtures/6.1-global-panic/vmcore');
const log = join(projectRoot, 'fixtures/6.1-global-panic/kernel.log');
const at = (name: string): string => join(folder, name);
const put = (name: string, content: string): string => {
  writeFileSync(at(name), content);
  return at(name);
};
const old = 'what was there';
const temporaries = (where = folder): string[] => readdirSync(where).filter((name) => name.startsWith('.oompm-'));
const bash = (script: string, env: Record<string, string> = {}): Answer => {
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      OOMPM: join(projectRoot, 'bin/oompm.js'),
      DUMP: dump,
      LOG: log,
      ...env,
    },
  });
  return { code: status, stdout, stderr };
};

const asNobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
/** A clone in a folder of mktemp's is root's alone. */
const nobodyCanRunIt =
  process.getuid?.() === 0 &&
  spawnSync('bash', ['-c', `${asNobody} test -r "$1" && ${asNobody} test -x "$2"`, 'sh', log, process.execPath])
    .status === 0;

const attributes =
  'import os, sys; print(sorted((name, os.getxattr(sys.argv[1], name)) for name in os.listxattr(sys.argv[1])), oct(os.stat(sys.argv[1]).st_mode))';
/** Another user may read it, its group may not, and the mask stands in its mode. */
const withAcl = `import os, struct, sys
open(sys.argv[1], 'a').close()
os.setxattr(sys.argv[1], 'user.note', b'x')
os.setxattr(sys.argv[1], 'system.posix_acl_access', struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *entry) for entry in ((1, 6, 2**32 - 1), (2, 4, 65534), (4, 0, 2**32 - 1), (16, 4, 2**32 - 1), (32, 0, 2**32 - 1))))
${attributes}`;
const hasGnuCp = spawnSync('cp', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU') ?? false;

/** What a script prints; undefined where it can't be run, or fails. */
function python(script: string, file: string): string | undefined {
  const { status, stdout } = spawnSync('python3', ['-c', script, file], { cwd: folder, encoding: 'utf8' });
  return status === 0 && hasGnuCp ? stdout : undefined;
}

beforeAll(build);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('-o writes what a plain write would, whole or not at all', () => {
  test('a new file has the mode that the umask leaves', () => {
    expect(bash('umask 027; node "$OOMPM" info "$DUMP" -o new.txt')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(statSync(at('new.txt')).mode & 0o7777).toBe(0o640);
    expect(readFileSync(at('new.txt'), 'utf8')).toContain('6.1.192-lab');
  });

  test.skipIf(process.getuid?.() !== 0)('a file that is there keeps mode and owner', async () => {
    const file = put('there.txt', old);
    chmodSync(file, 0o604);
    chownSync(file, 65_534, 1);
    expect(await oompm(['info', dump, '-o', file])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(statSync(file)).toMatchObject({ mode: 0o100604, uid: 65_534, gid: 1 });
    expect(readFileSync(file, 'utf8')).toContain('6.1.192-lab');
  });

  const noAcl = python(withAcl, 'acl-probe.txt') === undefined;
  test.skipIf(noAcl)(
    `its ACL and extended attributes too${noAcl ? ' (skipped: no Python, no cp of GNU, or a file system without them)' : ''}`,
    async () => {
      const before = python(withAcl, put('acl.txt', old));
      expect(await oompm(['info', dump, '-o', at('acl.txt')])).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(readFileSync(at('acl.txt'), 'utf8')).toContain('6.1.192-lab');
      expect(python(attributes, at('acl.txt'))).toBe(before);
      expect(before).toMatch(/posix_acl_access.*user\.note/);
    },
  );

  test('a link stays, and what it leads to is written, also where that is not there yet', async () => {
    put('behind.txt', old);
    symlinkSync('behind.txt', at('link.txt'));
    symlinkSync('behind-that.txt', at('dangling.txt'));
    for (const name of ['link.txt', 'dangling.txt'])
      expect(await oompm(['info', dump, '-o', at(name)])).toMatchObject({ code: 0 });
    expect(['link.txt', 'dangling.txt'].map((name) => lstatSync(at(name)).isSymbolicLink())).toEqual([true, true]);
    for (const name of ['behind.txt', 'behind-that.txt'])
      expect(readFileSync(at(name), 'utf8')).toContain('6.1.192-lab');
  });

  test('further names of a file stay names of it', async () => {
    linkSync(put('one-name.txt', old.repeat(1000)), at('other-name.txt'));
    expect(await oompm(['info', dump, '-o', at('one-name.txt')])).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(at('other-name.txt')).ino).toBe(statSync(at('one-name.txt')).ino);
    expect(readFileSync(at('other-name.txt'), 'utf8')).toMatch(/^oompm (?!.*what was there)/s);
  });

  test.skipIf(!nobodyCanRunIt)(
    "a file of one's own in a folder that is not (skipped where not root, or where another user can't read this folder)",
    () => {
      const place = at('closed');
      mkdirSync(place);
      writeFileSync(join(place, 'own.txt'), old);
      chownSync(join(place, 'own.txt'), 65_534, 65_534);
      chmodSync(folder, 0o755);
      const answer = bash(`cat "$DUMP" > open-dump; ${asNobody} "$NODE" "$OOMPM" explain "$LOG" -o closed/own.txt`, {
        NODE: process.execPath,
      });
      expect(answer).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(statSync(join(place, 'own.txt'))).toMatchObject({ uid: 65_534 });
      expect(readFileSync(join(place, 'own.txt'), 'utf8')).toMatch(/^oompm /);
      expect(bash(`${asNobody} "$NODE" "$OOMPM" explain "$LOG" -o closed/new.txt`, { NODE: process.execPath })).toEqual(
        { code: 3, stdout: '', stderr: "oompm: -o closed/new.txt can't be written: no permission to write there\n" },
      );
    },
  );

  test('a pipe, and descriptors that the shell has open', () => {
    expect(bash('node "$OOMPM" info "$DUMP" -o >(cat > from-pipe); wait $!; head -c 5 from-pipe').stdout).toBe('oompm');
    expect(
      bash('mkfifo fifo; (sleep 0.3; head -c 5 fifo) & node "$OOMPM" info "$DUMP" -o fifo; echo " $?"; wait').stdout,
    ).toMatch(/oompm/);
    expect(
      bash(
        'echo first > list; for name in stdout fd/3; do node "$OOMPM" info "$DUMP" -o /dev/$name 3>> list >> list; done; grep -c -e ^first -e ^oompm list',
      ).stdout,
    ).toBe('3\n');
    expect(bash('node "$OOMPM" info "$DUMP" -o /dev/null < /dev/null')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('nothing is left beside it', () => expect(temporaries()).toEqual([]));
});

describe('where -o cannot write, a sentence says why', () => {
  test.each([
    ['a folder that is not there', '/no/such/x.html', 3, 'there is no such folder'],
    ['a file as a folder', `${log}/x.html`, 3, 'a part of the path is not a folder'],
    ['where the kernel makes the files up', '/proc/x.html', 3, 'no file can be created in /proc'],
    ['a file that the kernel makes up', '/proc/version', 3, 'the kernel does not take a report there'],
    ['a full device', '/dev/full', 3, 'no space is left on the device'],
    ['a long name', `/tmp/${'x'.repeat(300)}.html`, 3, 'the name is too long'],
  ])('%s', async (_, path, code, reason) => {
    const answer = await oompm(['info', dump, '-o', path]);
    expect({ code: answer.code, stderr: answer.stderr }).toEqual({
      code,
      stderr: `oompm: -o ${path} can't be written: ${reason}\n`,
    });
  });

  test('a pipe that nobody reads is waited for some seconds', { timeout: 30_000 }, async () => {
    execFileSync('mkfifo', [at('unread')]);
    expect(await oompm(['info', dump, '-o', at('unread')])).toEqual({
      code: 3,
      stdout: '',
      stderr: `oompm: -o ${at('unread')} can't be written: nobody reads from that pipe\n`,
    });
  });

  test('a folder', async () => {
    for (const path of [folder, at('new/'), '/proc'])
      expect(await oompm(['info', dump, '-o', path])).toEqual({
        code: 2,
        stdout: '',
        stderr: `oompm: -o ${path} is a folder; name a file in it\n`,
      });
  });
});

describe('-o never writes over what is read', () => {
  const namesOf = (path: string): string[] => {
    symlinkSync(path, `${path}.link.txt`);
    linkSync(path, `${path}.hard.txt`);
    return [path, `${path}.link.txt`, `${path}.hard.txt`];
  };
  const own = (name: string): string => at(`own-${name}`);
  const plugin = "import './own-part.js';\nexport default { id: 'mine', summary: 'x', *run() {} };\n";
  const inputs: Record<string, () => [path: string, words: string[]]> = {
    'the dump': () => [own('vmcore'), ['info', own('vmcore')]],
    'the kernel behind it': () => [own('vmlinux'), ['info', own('vmcore'), own('vmlinux')]],
    '--vmlinux': () => [own('vmlinux'), ['info', own('vmcore'), '--vmlinux', own('vmlinux')]],
    '--vmcoreinfo': () => [own('vmcoreinfo'), ['info', own('vmcore'), '--vmcoreinfo', own('vmcoreinfo')]],
    '--plugin': () => [own('plugin.js'), ['info', own('vmcore'), '--plugin', own('plugin.js')]],
    'what a plugin imports': () => [own('part.js'), ['mine', own('vmcore'), '--plugin', own('plugin.js')]],
    'a plugin of the configuration': () => [own('part.js'), ['info', own('vmcore')]],
    'the configuration': () => [join(folder, 'config/oompm/config.json'), ['info', own('vmcore')]],
    'a log': () => [own('log'), ['explain', own('log')]],
  };
  beforeAll(() => {
    cpSync(dump, own('vmcore'));
    cpSync(log, own('log'));
    cpSync('/bin/true', own('vmlinux'), { dereference: true });
    writeFileSync(own('vmcoreinfo'), 'OSRELEASE=6.1.192-lab\n');
    writeFileSync(own('plugin.js'), plugin);
    writeFileSync(own('part.js'), 'export const part = 1;\n');
    mkdirSync(join(folder, 'config/oompm'), { recursive: true });
    writeFileSync(join(folder, 'config/oompm/config.json'), JSON.stringify({ plugins: [own('plugin.js')] }));
  });

  test.each(Object.entries(inputs))('%s, by its path, a symbolic link or a hard link', async (what, make) => {
    const [path, words] = make();
    const before = readFileSync(path);
    const env: Record<string, string> = what.includes('configuration')
      ? { XDG_CONFIG_HOME: join(folder, 'config') }
      : {};
    const asked = namesOf(path);
    const answers = await Promise.all(asked.map((name) => oompm([...words, '-o', name, '--format', 'text'], { env })));
    for (const name of asked) if (name !== path) rmSync(name);
    expect(answers.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      asked.map((name) => ({
        code: 2,
        stderr: `oompm: -o ${name} is one of the files to be read; it was left unchanged\n`,
      })),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('standard input', () => {
    expect(bash('node "$OOMPM" explain - -o own-log --format text < own-log')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is one of the files to be read') as string,
    });
    expect(readFileSync(own('log')).equals(readFileSync(log))).toBe(true);
    // Nothing is read from it here.
    expect(bash('cp own-log list; node "$OOMPM" info own-vmcore -o list < list')).toMatchObject({ code: 0 });
  });

  test.each([
    ['another dump', dump, 'a dump or core file'],
    ['another kernel', '/bin/true', 'a kernel or another program'],
    ['something compressed', join(projectRoot, 'fixtures'), 'a compressed file'],
  ])('nor over %s', async (_, from, is) => {
    const target = at('precious.txt');
    if (is === 'a compressed file') writeFileSync(target, Buffer.from('1f8b0800000000000003', 'hex'));
    else cpSync(from, target, { dereference: true });
    const before = readFileSync(target);
    expect(await oompm(['info', own('vmcore'), '-o', target])).toEqual({
      code: 2,
      stdout: '',
      stderr: `oompm: -o ${target} is ${is}, not a report; it was left unchanged\n`,
    });
    expect(readFileSync(target).equals(before)).toBe(true);
  });

  test('an old report is written over', async () => {
    expect(await oompm(['info', own('vmcore'), '-o', put('report.md', old)])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(readFileSync(at('report.md'), 'utf8')).not.toContain(old);
  });
});

describe('nor does what the shell has opened', () => {
  const read = ['vmcore', 'log', 'vmcoreinfo', 'plugin.js', 'part.js'];
  const contents = (): string[] => read.map((name) => readFileSync(at(`own-${name}`), 'hex'));
  const refused = (stream: string, name: string, what: string): string =>
    `oompm: standard ${stream} leads into ${at(name)}, which is ${what}; it was left unchanged; redirect to another file\n`;
  const isRead = 'one of the files to be read';

  test.each([
    ['info own-vmcore >> own-vmcore', 'own-vmcore', isRead],
    ['info own-vmcore -o /dev/fd/1 >> own-vmcore', 'own-vmcore', isRead],
    ['info own-vmcore -o /dev/stdout 1<> own-vmcore', 'own-vmcore', isRead],
    ['info own-log 1<> own-vmcore', 'own-vmcore', 'a dump or core file, not a report'],
    ['info own-vmcore --vmcoreinfo=own-vmcoreinfo >> own-vmcoreinfo', 'own-vmcoreinfo', isRead],
    ['info own-vmcore --plugin own-plugin.js >> own-plugin.js', 'own-plugin.js', isRead],
    ['mine own-vmcore --plugin own-plugin.js >> own-part.js', 'own-part.js', isRead],
    ['explain own-log >> own-log', 'own-log', isRead],
    ['explain - < own-log >> own-log', 'own-log', isRead],
  ])('%s', (command, name, what) => {
    const before = contents();
    expect(bash(`node "$OOMPM" ${command}`)).toEqual({ code: 2, stdout: '', stderr: refused('output', name, what) });
    expect(contents()).toEqual(before);
  });

  test.each(['info own-vmcore', 'info own-vmcore --nosuch', 'nosuch --nosuch', 'explain - < own-log'])(
    'a mistake or note of %s on standard error',
    (command) => {
      const before = contents();
      const name = command.includes('own-log') ? 'own-log' : 'own-vmcore';
      expect(bash(`node "$OOMPM" ${command} 2>> ${name}`)).toEqual({
        code: 2,
        stdout: refused('error', name, command.startsWith('nosuch') ? 'a dump or core file, not a report' : isRead),
        stderr: '',
      });
      // Nowhere is left to say it.
      expect(bash(`node "$OOMPM" ${command} >> ${name} 2>&1`)).toEqual({ code: 2, stdout: '', stderr: '' });
      expect(contents()).toEqual(before);
    },
  );

  test('a file beside it may be written to', () => {
    put('beside.txt', `${old}\n`);
    expect(bash('for name in 1 2; do node "$OOMPM" info own-vmcore >> beside.txt 2>&1 || exit; done')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(
      readFileSync(at('beside.txt'), 'utf8')
        .split('\n')
        .filter((line) => line === old || line.startsWith('oompm ')),
    ).toHaveLength(3);
    put('noted.json', old);
    expect(
      bash(
        'node "$OOMPM" info own-vmcore --format text -o noted.json 2>> noted.json && node "$OOMPM" completion bash >> own-vmcoreinfo',
      ).code,
    ).toBe(0);
    expect(readFileSync(at('own-vmcoreinfo'), 'utf8')).toContain('complete ');
  });
});

describe('a report that fails leaves what was there', () => {
  test.each([
    ['a file that is no dump', ['info', log]],
    ['a plugin that is not there', ['info', dump, '--plugin', at('nosuch.js')]],
  ])('%s', async (_, words) => {
    const target = put('before.txt', old);
    expect((await oompm([...words, '-o', target])).code).toBe(2);
    expect(readFileSync(target, 'utf8')).toBe(old);
    expect(existsSync(at('never.txt'))).toBe(false);
    await oompm([...words, '-o', at('never.txt')]);
    expect(existsSync(at('never.txt'))).toBe(false);
  });

  test.each([
    ['a file', 'limited.json'],
    ['one with a further name', 'limited-hard.json'],
  ])('%s that may not grow so large (ulimit -f)', (_, name) => {
    put(name, old);
    if (name === 'limited-hard.json') linkSync(at(name), at('second-name'));
    expect(bash(`ulimit -f 4; node "$OOMPM" analyze "$DUMP" -o ${name}`, { NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(
        /^oompm: -o \S+ can't be written: .*the file would be larger than is allowed here[^\n]*\n$/,
      ) as string,
    });
    expect(readFileSync(at(name), 'utf8')).toBe(old);
    expect([...temporaries(), ...temporaries(tmpdir())]).toEqual([]);
  });
});

describe('the form of a report', () => {
  test.each([
    ['x.html', 'json'],
    ['x.json', 'text'],
    ['x.txt', 'md'],
  ])('%s with --format %s is noted', async (name, format) => {
    expect(await oompm(['info', dump, '-o', at(name), '--format', format])).toEqual({
      code: 0,
      stdout: '',
      stderr: `oompm: -o ${at(name)} is written as ${format}, as --format says, not as its name says\n`,
    });
  });

  test.each([
    ['x.htm', 'html'],
    ['x.markdown', 'md'],
    ['vmcore-6.1.192-lab', 'json'],
  ])('%s with --format %s is not', async (name, format) => {
    expect(await oompm(['info', dump, '-o', at(name), '--format', format])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});
