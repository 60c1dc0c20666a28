import { beforeAll, describe, expect, test } from 'vitest';
import { build, oompm } from '../built.js';
import { dumpFile } from '../dumps.js';

beforeAll(build);

const dump = dumpFile('6.1-global-panic/vmcore')!;

describe('an address at which there is no memory', () => {
  test.each(['task_struct', 'pid_t'])('%s: one sentence, and exit status 4', async (type) => {
    const { code, stdout, stderr } = await oompm(['struct', dump, type, '0x123']);
    expect(code).toBe(4);
    expect(stderr).toContain('oompm: answered in part: struct: 0x123: not mapped (an address of user space)\n');
    expect(stdout).toContain('\nstruct: not shown: 0x123: not mapped (an address of user space)\n');
    expect(stdout).not.toContain('MEMBER');
  });

  test('an object at one that is there, by symbol', async () => {
    const { code, stdout } = await oompm(['struct', dump, 'task_struct', 'init_task']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^task_struct at 0xffffffff[\da-f]{8} <init_task>$/m);
  });

  test('the last byte of memory: no address has more than 64 bits', async () => {
    const { stdout } = await oompm(['read', dump, '0xffffffffffffffff']);
    expect(stdout.match(/^0x\S+/gm)).toEqual(['0xffffffffffffffff', '0xffffffffffffffff']);
  });

  test.each(['0x0', '0xffff'])('%s is no per-CPU variable’s, though an offset of that value is', async (address) => {
    const { code, stdout } = await oompm(['read', dump, address]);
    expect(code).toBe(4);
    expect(stdout).toMatch(new RegExp(`^${address}$`, 'm'));
    expect(stdout).not.toContain('<');
    expect(stdout.match(/ \? +\? /g)).toHaveLength(address === '0x0' ? 1 : 2);
    // A page is lost once, in the table too, however many of its rows were asked for; the second address is its page's last.
    expect(stdout.split('What could not be read')[1]?.match(/^read: /gm)).toHaveLength(address === '0x0' ? 1 : 2);
  });
});
