/** One function in a trace that a kernel printed. */
export interface PrintedFrame {
  name: string;
  offset: number;
  size: number;
  module?: string;
  /** Named by a RIP line amid the trace: it was interrupted there. */
  interrupted?: true;
}

/** A call trace that a kernel printed, its `?` lines left out. */
export interface PrintedTrace {
  /** Of whom: a CPU that printed its own, or a sleeping task that another one told of. */
  of: { cpu: number; pid: number } | { pid: number };
  /** What the kernel said right before, where that was the panic. */
  panic: boolean;
  frames: PrintedFrame[];
}

const PREFIX = /^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?/;
const FRAME = /^ (\?)? ?([\w.]+)\+0x([0-9a-f]+)\/0x([0-9a-f]+)(?: \[(\w+)[^\]]*\])?$/;
const RIP = /^RIP: 0010:([\w.]+)\+0x([0-9a-f]+)\/0x([0-9a-f]+)(?: \[(\w+)\])?/;
/** What stands amid a trace without ending it: marks of stacks, registers and code at an entry. */
const AMID = /^(?: \? 0x| <\/?[A-Z#!?]+>$|RIP:|Code:|RSP:|R[A-D]X:|RBP:|R\d\d:|FS:|CS:|CR2:|ORIG_RAX)/;

/** The traces in a console log, in their order. */
export function printedTraces(log: string): PrintedTrace[] {
  const traces: PrintedTrace[] = [];
  let of: PrintedTrace['of'] | undefined;
  let panic = false;
  let open: PrintedTrace | undefined;
  for (const raw of log.split('\n')) {
    if (!PREFIX.test(raw)) continue;
    const line = raw.replace(PREFIX, '').trimEnd();
    const cpu = /^CPU: (\d+) (?:UID: \d+ )?PID: (\d+) Comm:/.exec(line);
    const task = /^task:.* pid: *(\d+) /.exec(line);
    if (cpu) of = { cpu: Number(cpu[1]), pid: Number(cpu[2]) };
    else if (task) of = { pid: Number(task[1]) };
    else if (line.startsWith('Kernel panic - not syncing')) panic = true;
    if (line === 'Call Trace:' && of) {
      open = { of, panic, frames: [] };
      traces.push(open);
      panic = false;
      continue;
    }
    if (!open) continue;
    const frame = FRAME.exec(line);
    const rip = RIP.exec(line);
    if (frame) {
      if (frame[1] === undefined) open.frames.push(frameOf(frame.slice(2)));
    } else if (rip) open.frames.push({ ...frameOf(rip.slice(1)), interrupted: true });
    else if (!AMID.test(line)) open = undefined;
  }
  return traces.map((trace) => ({ ...trace, panic: isPanic(trace, traces) }));
}

/** Another CPU's trace can come between the panic's line and its own, which has panic() in it. */
function isPanic({ panic, frames }: PrintedTrace, all: readonly PrintedTrace[]): boolean {
  const has = (one: readonly PrintedFrame[]): boolean => one.some(({ name }) => name === 'panic' || name === 'vpanic');
  return has(frames) || (panic && !all.some((other) => has(other.frames)));
}

function frameOf([name, offset, size, module]: (string | undefined)[]): PrintedFrame {
  return {
    name: name!,
    offset: parseInt(offset!, 16),
    size: parseInt(size!, 16),
    ...(module === undefined ? {} : { module }),
  };
}
