import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { allThreads } from '../../src/linux/sched/tasks.js';
import { openSession } from '../../src/session/open-kernel.js';
import { nameFrames, type NamedFrame } from '../../src/stack/name-frames.js';
import { cpuStack, stackOf, type TaskStack } from '../../src/stack/stacks.js';
import { sourceName } from '../../src/words/source-name.js';
import { dumpFile } from '../dumps.js';

/** What drgn 0.3.0 says of all CPUs and tasks (bench/drgn-stacks.py), the functions told once for each address. */
interface DrgnStacks {
  cpus: Record<string, string[]>;
  tasks: Record<string, string[]>;
  functions: Record<string, [name: string, inlined: boolean, source: string | null][]>;
}

const kept = ['5.10-lockstuck', '6.1-global-panic'].filter((name) => dumpFile(join(name, 'vmcore')) !== undefined);

function drgnsOf(name: string): DrgnStacks {
  return JSON.parse(readFileSync(new URL(`drgn/${name}.json`, import.meta.url), 'utf8')) as DrgnStacks;
}

/** Labels that the kernel's traces name, and the assembler functions that drgn names for them. */
const LABELS: Readonly<Record<string, string>> = {
  entry_SYSCALL_64_after_hwframe: 'entry_SYSCALL_64',
  secondary_startup_64_no_verify: 'secondary_startup_64',
};

function asDrgnSays({ frame, function: name = '', inlined, source }: NamedFrame): [string, boolean, string | null] {
  return [
    frame.user ? `0x${frame.ip.toString(16)}` : (LABELS[name] ?? name),
    inlined,
    source ? `${source.file}:${source.line}:${source.column}` : null,
  ];
}

describe.skipIf(kept.length === 0).each(kept)('%s: stacks of all CPUs and tasks are drgn’s', (name) => {
  const drgns = drgnsOf(name);
  const vmlinux = dumpFile(`vmlinux-${name.split('-')[0]}`);

  async function stacks(file?: string) {
    const session = await openSession({
      dump: [dumpFile(join(name, 'vmcore'))!],
      ...(file === undefined ? {} : { vmlinux: file }),
    });
    const { kernel } = session;
    const all: [who: string, own: NamedFrame[], theirs: string[]][] = [];
    const add = (who: string, { frames, brokenAfter }: TaskStack, theirs: string[]) => {
      // drgn ends where the stack pointer went astray.
      all.push([
        who,
        nameFrames(kernel, brokenAfter === undefined ? frames : frames.slice(0, brokenAfter + 1)),
        theirs,
      ]);
    };
    for (const cpu of kernel.possibleCpus()) add(`CPU ${cpu}`, cpuStack(kernel, cpu), drgns.cpus[cpu]!);
    const tasks = allThreads(kernel);
    for (const task of tasks) add(`task ${task.pid}`, stackOf(kernel, task), drgns.tasks[task.pid]!);
    expect(tasks.map(({ pid }) => pid).toSorted((a, b) => a - b)).toEqual(
      Object.keys(drgns.tasks)
        .map(Number)
        .toSorted((a, b) => a - b),
    );
    session.close();
    return all;
  }

  test.skipIf(vmlinux === undefined)('with a vmlinux: name, inlined or not, file, line and column', async () => {
    for (const [who, own, theirs] of await stacks(vmlinux)) {
      expect(own.map(asDrgnSays), who).toEqual(theirs.flatMap((ip) => drgns.functions[ip]!));
    }
  });

  test('without: the same addresses, and the names of those that are not inlined', async () => {
    for (const [who, own, theirs] of await stacks()) {
      expect(
        own.map(({ frame }) => `0x${frame.ip.toString(16)}`),
        who,
      ).toEqual(theirs);
      expect(
        own.map((frame) => sourceName(asDrgnSays(frame)[0])),
        who,
      ).toEqual(theirs.map((ip) => drgns.functions[ip]!.at(-1)![0]));
    }
  });
});
