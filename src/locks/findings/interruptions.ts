import type { Kernel } from '../../kernel/kernel.js';
import { isUnmapped } from '../../memory/address-space.js';
import { registersOf } from '../../linux/machine/cpu-registers.js';
import type { InterruptionKind } from '../../arch/stack/interruption-kind.js';
import { stacksOf } from '../../arch/stack/stack-architectures.js';
import { inArea, type StackArea } from '../../arch/stack/stack-area.js';
import { stackAreas } from '../../stack/areas.js';
import { spOf } from '../../arch/stack/frame.js';
import { hex } from '../../words/hex.js';
import { activationInWords, type Activation, type Context, type Segment } from '../contexts.js';
import { defined } from '../../words/defined.js';

/** What came over a segment: an exception, an interrupt, an NMI. */
export interface Interruption {
  /** "a double fault", "an interrupt (sysvec_apic_timer_interrupt)". */
  readonly what: string;
  readonly kind: InterruptionKind;
  /** What was interrupted. */
  readonly at: Activation;
  /** The stack that its handler runs on. */
  readonly stack?: StackArea;
  /** The functions of its handler, outermost first. */
  readonly handler: readonly Activation[];
  /** Where the interrupted code had no stack to stand on: what is known of that, a sentence each. */
  readonly badStack: readonly string[];
}

/** What came between a segment and the one that it interrupted. @param segment the index of the handler's */
export function interruption(kernel: Kernel, context: Context, segment: number): Interruption | undefined {
  const [handler, interrupted] = [context.segments[segment], context.segments[segment + 1]];
  const at = interrupted?.activations[0];
  const outermost = handler?.activations.at(-1);
  if (at === undefined || outermost === undefined) return undefined;
  const { entries, entryName } = stacksOf(kernel);
  const found = entries.find(([pattern]) => handler!.activations.slice(-3).some(({ name }) => pattern.test(name)));
  const vector = handler!.activations.map(({ name }) => entryName(name)).findLast((name) => name !== undefined);
  const words = found?.[2] ?? 'an exception';
  return {
    kind: found?.[1] ?? 'exception',
    what: found?.[1] === 'interrupt' || found === undefined ? `${words} (${vector ?? outermost.name})` : words,
    at,
    handler: handler!.activations.toReversed(),
    ...defined({ stack: outermost.frame.area }),
    badStack: badStack(kernel, context, interrupted!),
  };
}

/** What is so where the stack pointer of interrupted code lies in no stack at all. */
function badStack(kernel: Kernel, context: Context, { activations, interruptedBy }: Segment): string[] {
  const [first, caller] = activations;
  if (interruptedBy === undefined || first === undefined || context.cpu === undefined) return [];
  const { sp, ip } = interruptedBy.registers;
  const areas = stackAreas(kernel, context.cpu, context.task);
  const own = areas.find(({ kind }) => kind === 'task');
  if (areas.some((area) => inArea(area, sp, 0)) || own === undefined) return [];
  const place = activationInWords(first);
  const sentences = [
    `In ${place} the stack pointer was ${hex(sp)}, outside of the task's stack ${range(own)}: ${distance(sp, own, 'its')}${near(sp, areas)}.`,
  ];
  const expected = first.offset === 0 && caller?.frame.area?.low === own.low ? spOf(caller.frame) : undefined;
  if (expected !== undefined) {
    sentences.push(
      `It should have been ${hex(expected - 8n)}, where the return address into ${caller!.name} is: ${first.name} had not run one instruction.`,
    );
  }
  const fault = {
    sp,
    control: registersOf(kernel, context.cpu)?.control,
    write: stackWrite(kernel, ip),
    isUnmapped: (address: bigint) => isUnmapped(kernel.memory, address),
  };
  sentences.push(...stacksOf(kernel).stackFault(fault));
  return sentences;
}

function range({ low, high }: StackArea): string {
  return `${hex(low)}–${hex(high)}`;
}

function distance(sp: bigint, { low, high }: StackArea, whose: 'its' | 'the'): string {
  return sp < low ? `${howFar(low - sp)} below ${whose} start` : `${howFar(sp - high)} above ${whose} end`;
}

const largeUnits = [
  { name: 'TiB', shift: 40n },
  { name: 'GiB', shift: 30n },
  { name: 'MiB', shift: 20n },
];

function howFar(bytes: bigint): string {
  const unit = largeUnits.find(({ shift }) => bytes >= 1n << shift);
  if (unit === undefined) return `${bytes} bytes`;
  return `${bytes} bytes (some ${(bytes + (1n << (unit.shift - 1n))) >> unit.shift} ${unit.name})`;
}

/** As far as stack guards reach. */
const NEAR = 65536n;

function near(sp: bigint, areas: readonly StackArea[]): string {
  const other = areas.find(({ kind, low, high }) => kind !== 'task' && sp > low - NEAR && sp < high + NEAR);
  return other === undefined ? '' : `, and ${distance(sp, other, 'the')} of the ${other.name}`;
}

/** How the instruction writes to the stack, where it does. */
function stackWrite(kernel: Kernel, ip: bigint): 'push' | 'call' | undefined {
  const { longestInstruction, stackWrite: writes } = kernel.arch.code;
  const { pageSize } = kernel.memory;
  // Code may end with its page: the next one is read where the instruction goes on there.
  const inPage = pageSize - Number(ip % BigInt(pageSize));
  const read = (bytes: number) => kernel.peek('code', () => kernel.memory.read(ip, bytes));
  const code = read(Math.min(longestInstruction, inPage));
  const found = code && writes(code);
  if (found !== undefined || code === undefined || inPage >= longestInstruction) return found;
  const rest = read(longestInstruction);
  return rest && writes(rest);
}
