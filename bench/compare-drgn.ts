/**
 * Stacks of all CPUs and all tasks held against drgn's: name, inlined or not, file and line of every frame.
 * `npx jiti bench/compare-drgn.ts VMCORE VMLINUX…` (drgn in the PATH, or named by DRGN); exit code 1 where they differ.
 * Left aside: frames of modules, for which drgn has no symbols without their files, and all below the first of them. In
 * assembler code drgn names the function and the kernel's own traces (and oompm) the last label; these are counted
 * apart.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Kernel } from '../src/kernel/kernel.js';
import { allThreads } from '../src/linux/sched/tasks.js';
import { openSession } from '../src/session/open-kernel.js';
import { nameFrames, type NamedFrame } from '../src/stack/name-frames.js';
import { cpuStack, stackOf, type TaskStack } from '../src/stack/stacks.js';

type Told = readonly [ip: string, name: string | null, inlined: boolean, source: string | null];
interface DrgnStacks {
  cpus: Record<string, readonly Told[] | string>;
  tasks: Record<string, readonly Told[] | string>;
}

const script = readFileSync(fileURLToPath(new URL('drgn-stacks.py', import.meta.url)), 'utf8');

function askDrgn(vmcore: string, vmlinux: string): DrgnStacks {
  const drgn = process.env['DRGN'] ?? 'drgn';
  return JSON.parse(
    execFileSync(drgn, ['-q', '-c', vmcore, '-s', vmlinux, '-e', script], { encoding: 'utf8', maxBuffer: 1 << 28 }),
  ) as DrgnStacks;
}

/** drgn gives the path as the compiler had it; ours is relative to where the kernel was built. */
function sameSource(own: NamedFrame['source'], theirs: string | null): boolean {
  if (own === undefined || theirs === null) return own === undefined && theirs === null;
  return (
    theirs.endsWith(`/${own.file}:${own.line}:${own.column}`) || theirs === `${own.file}:${own.line}:${own.column}`
  );
}

function inWords(frame: NamedFrame | undefined): string {
  return frame === undefined
    ? 'nothing'
    : `${frame.frame.ip.toString(16)} ${frame.function}${frame.inlined ? ' (inlined)' : ''} ${frame.source ? `${frame.source.file}:${frame.source.line}:${frame.source.column}` : ''} ${frame.frame.found}`;
}

let labels = 0;

/** A label within the function that drgn names. */
function sameName(kernel: Kernel, { frame, function: own, place }: NamedFrame, theirs: string | null): boolean {
  if (own === undefined) return theirs === null || theirs.startsWith('0x');
  if (own === theirs) return true;
  const around = theirs === null ? [] : kernel.symbols.lookup(theirs);
  const isLabel =
    place !== undefined &&
    own === place.function &&
    around.some(({ address }) => address <= place.start && place.start <= frame.ip);
  if (isLabel) labels++;
  return isLabel;
}

/** Where the two lists first differ; undefined where they are the same. */
function difference(
  kernel: Kernel,
  stack: TaskStack,
  own: readonly NamedFrame[],
  theirs: readonly Told[] | string,
): string | undefined {
  if (typeof theirs === 'string')
    return own.length === 0
      ? undefined
      : `drgn: ${theirs}; oompm has ${own.length} frames${stack.end === undefined ? '' : `, and: ${stack.end}`}`;
  for (let i = 0; i < Math.max(own.length, theirs.length); i++) {
    const [frame, told] = [own[i], theirs[i]];
    if (frame?.place?.module !== undefined) return undefined;
    const [ip, name, inlined, source] = told ?? ['', null, false, null];
    if (
      frame &&
      told &&
      BigInt(ip) === frame.frame.ip &&
      sameName(kernel, frame, name) &&
      inlined === frame.inlined &&
      sameSource(frame.source, source)
    )
      continue;
    return `frame ${i}: oompm ${inWords(frame)}; drgn ${told ? `${ip} ${name}${inlined ? ' (inlined)' : ''} ${source}` : 'nothing'}`;
  }
  return undefined;
}

let differences = 0;
const [vmlinux, ...vmcores] = process.argv
  .slice(2)
  .toSorted((a, b) => Number(b.includes('vmlinux')) - Number(a.includes('vmlinux')));
for (const vmcore of vmcores) {
  const session = await openSession({ dump: [vmcore], vmlinux: vmlinux! });
  const { kernel } = session;
  const theirs = askDrgn(vmcore, vmlinux!);
  const stacks: [string, TaskStack, readonly Told[] | string][] = [
    ...kernel
      .possibleCpus()
      .map((cpu): [string, TaskStack, readonly Told[] | string] => [
        `CPU ${cpu}`,
        cpuStack(kernel, cpu),
        theirs.cpus[cpu] ?? 'no such CPU',
      ]),
    ...[...allThreads(kernel)].map((task): [string, TaskStack, readonly Told[] | string] => [
      `task ${task.pid}`,
      stackOf(kernel, task),
      theirs.tasks[task.pid] ?? 'no such task',
    ]),
  ];
  labels = 0;
  let frames = 0;
  let inlined = 0;
  const wrong: string[] = [];
  for (const [who, stack, told] of stacks) {
    const own = nameFrames(kernel, stack.frames);
    frames += own.length;
    inlined += own.filter((frame) => frame.inlined).length;
    const found = difference(kernel, stack, own, told);
    if (found !== undefined) wrong.push(`  ${who}: ${found}`);
  }
  differences += wrong.length;
  console.log(
    `${vmcore}: ${stacks.length} stacks, ${frames} frames (${inlined} inlined), ${wrong.length} differ; ${labels} labels`,
  );
  for (const line of wrong) console.log(line);
  session.close();
}
process.exitCode = differences > 0 ? 1 : 0;
