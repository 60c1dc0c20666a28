import type { Kernel } from '../kernel/kernel.js';
import { taintedInPrint, taintsOf } from '../linux/machine/taint.js';
import { hardwareName, uts } from '../linux/machine/uts.js';
import { stringsInCode } from '../linux/printk/strings-in-code.js';
import { printedPart } from '../linux/printk/printed-part.js';
import type { Task } from '../linux/sched/tasks.js';
import type { Elsewhere, PrintedLine } from '../words/printed-line.js';
import { nameText } from './symbol-text.js';

/** What a record is about. */
export interface Printer {
  readonly cpu: number;
  readonly task: Task;
  /** `tainted_mask` as it was when it was printed; undefined where it can't be read. */
  readonly tainted: bigint | undefined;
}

/** dump_stack_print_info(): the CPU with its task and kernel, the machine, and what work a worker does. */
export function taskLines(kernel: Kernel, printer: Printer): PrintedLine[] {
  const { task, tainted } = printer;
  const strings = stringsInCode(kernel, 'dump_stack_print_info');
  const machine = kernel.peek('dump_stack_arch_desc_str', () => hardwareName(kernel));
  return [
    cpuLine(kernel, printer, strings),
    ...(strings.includes('%s%s\n') && tainted !== undefined && tainted !== 0n ? [taintLine(kernel, tainted)] : []),
    ...(machine === undefined || machine === '' ? [] : [[`Hardware name: ${machine}`]]),
    ...workLine(kernel, task),
  ];
}

/** A directive of printk()'s, but for %%. */
const DIRECTIVE = /%(?:\.?\*|\.?\d+)?(?:ph[CDN]?|[lhz]*[a-z])/g;

/** The line by this kernel's own format: releases and distributions differ in it. */
function cpuLine(kernel: Kernel, { cpu, task, tainted }: Printer, strings: readonly string[]): PrintedLine {
  const format = strings.find((text) => text.startsWith('%sCPU: '));
  const name = kernel.attempt('init_uts_ns', () => uts(kernel));
  const known: (string | Elsewhere)[] = [
    String(cpu),
    ...(format?.includes(' UID: ') === true ? [uidPart(kernel, task)] : []), // since 6.12
    printedPart(kernel, 'task_struct.pid', () => String(task.pid)),
    printedPart(kernel, 'task_struct.comm', () => task.comm),
    kdumpPart(kernel),
    tainted === undefined ? { what: 'taints', digits: 1 } : taintedInPrint(kernel, tainted),
    name?.release ?? { what: 'release', digits: 1 },
    name?.version.split(' ')[0] ?? { what: 'version', digits: 1 },
  ];
  if (format === undefined) {
    const [number, pid, comm, kdump, taints, kernelRelease, build] = known;
    return ['CPU: ', number!, ' PID: ', pid!, ' Comm: ', comm!, ' ', kdump!, taints!, ' ', kernelRelease!, ' ', build!];
  }
  const directives = [...format.replace(/^%s/, '').matchAll(DIRECTIVE)];
  const values = [...known, ...builtAs(kernel, strings, directives.slice(known.length))];
  const line: (string | Elsewhere)[] = [];
  let end = 0;
  const text = format.replace(/^%s/, '').trimEnd();
  for (const [i, { 0: directive, index }] of directives.entries()) {
    line.push(text.slice(end, index), values[i] ?? '');
    end = index + directive.length;
  }
  return [...line, text.slice(end)];
}

/** current_real_cred()->euid */
function uidPart(kernel: Kernel, task: Task): string | Elsewhere {
  const uid = kernel.attempt('cred.euid', () => task.real_cred?.euid);
  return uid === undefined ? { what: 'uid', digits: 1 } : String(uid);
}

/** Up to three behind the version: the model of preemption (since 6.15), the package, the build id (since 5.14). */
function builtAs(
  kernel: Kernel,
  strings: readonly string[],
  directives: readonly RegExpExecArray[],
): (string | Elsewhere)[] {
  const [last] = directives.at(-1) ?? [];
  const packaged = strings.find((text) => /^ ?[^\s%][^%]*\d[^%]*$/.test(text)) ?? '';
  const buildId = last?.includes('ph') === true ? { what: 'build id', digits: 40 } : '';
  if (directives.length === 1) return [packaged];
  if (directives.length === 2) return [packaged, buildId];
  return [preemption(kernel), packaged, buildId];
}

/** Static buffers of that name that are looked at: a kernel has some twenty. */
const BUFFERS = 64;

/** preempt_model_str(): it fills a buffer of its own, or has one answer. */
function preemption(kernel: Kernel): string | Elsewhere {
  const strings = stringsInCode(kernel, 'preempt_model_str');
  if (!strings.includes('PREEMPT'))
    return (
      strings.find((text) => text === 'VOLUNTARY' || text === 'NONE') ?? { what: 'model of preemption', digits: 1 }
    );
  for (let i = 0; i < BUFFERS; i++) {
    for (const { address } of kernel.symbols.lookup(`buf.${i}`)) {
      const text = kernel.peek('buffer of preempt_model_str()', () => kernel.memory.cString(address, 64));
      if (text?.startsWith('PREEMPT') === true) return text;
    }
  }
  return { what: 'model of preemption', digits: 1 };
}

/** kexec_crash_loaded() */
function kdumpPart(kernel: Kernel): string | Elsewhere {
  const image = kernel.findSymbol('kexec_crash_image');
  if (image === undefined) return '';
  const loaded = kernel.peek('kexec_crash_image', () => kernel.memory.u64(image));
  if (loaded === undefined) return { what: 'whether a crash kernel is loaded', digits: 0 };
  return loaded === 0n ? '' : 'Kdump: loaded ';
}

/** print_tainted_verbose(), since 6.11. */
function taintLine(kernel: Kernel, tainted: bigint): PrintedLine {
  const taints = taintsOf(kernel, tainted).map(({ letter, name }) => `[${letter}]=${name ?? letter}`);
  return [`Tainted: ${taints.join(', ')}`];
}

/** PF_WQ_WORKER */
const WORKER = 0x20;

/** print_worker_info() */
function workLine(kernel: Kernel, task: Task): PrintedLine[] {
  const line = kernel.peek('worker', () => {
    if ((task.flags & WORKER) === 0) return undefined;
    const address = task.worker_private ?? task.set_child_tid;
    if (address === undefined || address === 0n || kernel.missing('kthread') !== undefined) return undefined;
    const worker = kernel.ref('worker', kernel.ref('kthread', address).data);
    const name = worker.current_pwq?.wq?.name ?? '';
    const { current_func: run, desc = '' } = worker;
    if (run === 0n && name === '' && desc === '') return undefined;
    return `Workqueue: ${name} ${nameText(kernel, run)}${name === desc ? '' : ` (${desc})`}`;
  });
  return line === undefined ? [] : [[line]];
}
