import type { Frame } from '../arch/stack/frame.js';
import { inArea, type StackArea } from '../arch/stack/stack-area.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../linux/sched/tasks.js';
import { stackAreas } from '../stack/areas.js';
import { codeRangeOf } from '../stack/code.js';
import type { PrintedLine } from '../words/printed-line.js';
import { codeLine } from './code-line.js';
import { returnText, symbolText } from './symbol-text.js';

/** What a trace is of. */
export interface Traced {
  readonly cpu: number;
  readonly task: Task;
  /** Where the scan for return addresses begins. */
  readonly from: bigint;
  /** The frames that the kernel's unwinder meets from there on, innermost first. */
  readonly frames: readonly Frame[];
}

/**
 * show_trace_log_lvl(): every word of the stacks that is an address in code, those with a question mark that are no
 * frame's return address, and the registers of each entry where it stands.
 */
export function traceLines(kernel: Kernel, { cpu, task, from, frames }: Traced): PrintedLine[] {
  const { oops } = stacksOf(kernel);
  const areas = stackAreas(kernel, cpu, task);
  const visited = new Set<StackArea>();
  const lines: PrintedLine[] = [];
  let met = 0;

  // Registers on the next stack are shown there.
  const showRegisters = (area: StackArea): void => {
    const entry = sure(frames, met)?.entry;
    if (entry === undefined || !inArea(area, oops.savedIpAt(entry))) return;
    lines.push(...oops.registers(entry.registers, (at) => symbolText(kernel, at), code(kernel, task, entry.registers)));
  };

  for (let start: bigint | undefined = from; start !== undefined;) {
    const at = align(start, 8n);
    const area: StackArea | undefined = areas.find((one) => inArea(one, at)) ?? guarded(kernel, areas, at);
    if (area === undefined || visited.has(area)) break;
    visited.add(area);
    const name = oops.stackName(kernel, area);
    if (name !== undefined) lines.push([` <${name}>`]);
    showRegisters(area);
    for (let slot = at < area.low ? area.low : at; slot + 8n <= area.high; slot += 8n) {
      kernel.guard.step();
      const word = kernel.attempt('a stack', () => kernel.memory.u64(slot));
      if (word === undefined) {
        lines.push([{ what: 'stack', digits: 1 }]);
        break;
      }
      if (codeRangeOf(kernel, word) === undefined) continue;
      const frame = sure(frames, met);
      const isSaved = frame?.entry !== undefined && oops.savedIpAt(frame.entry) === slot;
      if (!isSaved) {
        const isReturn = frame !== undefined && frame.entry === undefined && slotOf(kernel, frame) === slot;
        // A tracer had put its own address there.
        if (isReturn && frame.ip !== word) lines.push([` ? ${returnText(kernel, word)}`]);
        lines.push([isReturn ? ` ${returnText(kernel, frame.ip)}` : ` ? ${returnText(kernel, word)}`]);
        if (!isReturn) continue;
      }
      met++;
      showRegisters(area);
    }
    if (name !== undefined) lines.push([` </${name}>`]);
    start = kernel.attempt('the next stack', () => oops.nextStack(kernel, area));
  }
  return [['Call Trace:'], ...lines];
}

/** Of what was guessed, the kernel's unwinder knows nothing. */
function sure(frames: readonly Frame[], index: number): Frame | undefined {
  const guess = frames.findIndex(({ found }) => found === 'scanned' || found === 'call');
  return guess >= 0 && index >= guess ? undefined : frames[index];
}

function slotOf(kernel: Kernel, { sp }: Frame): bigint | undefined {
  return sp === undefined ? undefined : stacksOf(kernel).returnSlot(sp);
}

function code(kernel: Kernel, task: Task, { ip, sp, ...rest }: { ip: bigint; sp: bigint }): PrintedLine[] {
  return [codeLine(kernel, task, { ...rest, ip, sp })];
}

/** A stack that ran over into the page below is shown from its start. */
function guarded(kernel: Kernel, areas: readonly StackArea[], address: bigint): StackArea | undefined {
  const next = align(address, BigInt(kernel.memory.pageSize));
  return areas.find((area) => inArea(area, next));
}

function align(address: bigint, to: bigint): bigint {
  return ((address + to - 1n) / to) * to;
}
