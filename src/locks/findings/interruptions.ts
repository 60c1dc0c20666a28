import type { Kernel } from '../../kernel/kernel.js';
import { registersOf } from '../../linux/machine/cpu-registers.js';
import { cpuStacks, inArea, taskStack, type StackArea } from '../../stack/areas.js';
import { spOf } from '../../stack/frame.js';
import { hex } from '../../stack/stack-memory.js';
import { activationInWords, type Activation, type Context, type Segment } from '../contexts.js';
import { defined } from '../../words/defined.js';

/** What came over a segment: an exception, an interrupt, an NMI. */
export interface Interruption {
  /** "a double fault", "an interrupt (sysvec_apic_timer_interrupt)". */
  readonly what: string;
  readonly kind: 'double fault' | 'NMI' | 'page fault' | 'machine check' | 'interrupt' | 'exception';
  /** What was interrupted. */
  readonly at: Activation;
  /** The stack that its handler runs on. */
  readonly stack?: StackArea;
  /** The functions of its handler, outermost first. */
  readonly handler: readonly Activation[];
  /** Where the interrupted code had no stack to stand on: what is known of that, a sentence each. */
  readonly badStack: readonly string[];
}

const KINDS: readonly (readonly [RegExp, Interruption['kind'], string])[] = [
  [/double_?fault/, 'double fault', 'a double fault'],
  [/(?:^|_)nmi(?:_|$)|repeat_nmi/, 'NMI', 'an NMI'],
  [/page_fault/, 'page fault', 'a page fault'],
  [/machine_check|_mc(?:e)?$/, 'machine check', 'a machine check'],
  [/^kprobe_optinsn$/, 'exception', 'a kprobe'],
  [/exc_debug|^debug$/, 'exception', 'a debug exception'],
  [/exc_int3|^(?:do_)?int3$/, 'exception', 'a breakpoint'],
  [/general_protection/, 'exception', 'a general protection fault'],
  [/invalid_op/, 'exception', 'an invalid opcode'],
  [/divide_error/, 'exception', 'a divide error'],
  [/stack_segment/, 'exception', 'a stack segment fault'],
  [/vmm_communication/, 'exception', 'a #VC exception'],
  [/sysvec_|common_interrupt|_intr\b|ret_from_intr|apic|spurious|irq|interrupt/, 'interrupt', 'an interrupt'],
];

/** What came between a segment and the one that it interrupted. @param segment the index of the handler's */
export function interruption(kernel: Kernel, context: Context, segment: number): Interruption | undefined {
  const [handler, interrupted] = [context.segments[segment], context.segments[segment + 1]];
  const at = interrupted?.activations[0];
  const outermost = handler?.activations.at(-1);
  if (at === undefined || outermost === undefined) return undefined;
  const found = KINDS.find(([pattern]) => handler!.activations.slice(-3).some(({ name }) => pattern.test(name)));
  const vector = handler!.activations
    .map(({ name }) => /^(?:asm_)?((?:sysvec|exc)_\w+|common_interrupt)$/.exec(name)?.[1])
    .findLast((name) => name !== undefined);
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
  const areas = stacksOf(kernel, context);
  const own = areas.find(({ name }) => name === 'task stack');
  if (areas.some((area) => inArea(area, sp, 0)) || own === undefined) return [];
  const place = activationInWords(first);
  const sentences = [
    `In ${place} the stack pointer was ${hex(sp)}, outside of the task's stack ${range(own)}: ${distance(sp, own)}${near(sp, areas)}.`,
  ];
  const expected = first.offset === 0 && caller?.frame.area?.low === own.low ? spOf(caller.frame) : undefined;
  if (expected !== undefined) {
    sentences.push(
      `It should have been ${hex(expected - 8n)}, where the return address into ${caller!.name} stands: ${first.name} had not run one instruction.`,
    );
  }
  sentences.push(...howItFaulted(kernel, context.cpu, ip, sp));
  return sentences;
}

function stacksOf(kernel: Kernel, { cpu, task }: Context): readonly StackArea[] {
  const own = task && kernel.attempt('task_struct.stack', () => taskStack(kernel, task));
  return [...(own ? [own] : []), ...(cpu === undefined ? [] : cpuStacks(kernel, cpu))];
}

function range({ low, high }: StackArea): string {
  return `${hex(low)}–${hex(high)}`;
}

function distance(sp: bigint, { low, high }: StackArea): string {
  return sp < low ? `${howFar(low - sp)} below its start` : `${howFar(sp - high)} above its end`;
}

const MEBIBYTE = 1n << 20n;

function howFar(bytes: bigint): string {
  if (bytes < MEBIBYTE) return `${bytes} bytes`;
  const size =
    bytes >= 1n << 40n ? `${bytes >> 40n} TiB` : bytes >= 1n << 30n ? `${bytes >> 30n} GiB` : `${bytes >> 20n} MiB`;
  return `${bytes} bytes (some ${size})`;
}

/** As far as stack guards reach. */
const NEAR = 65536n;

function near(sp: bigint, areas: readonly StackArea[]): string {
  const other = areas.find(({ name, low, high }) => name !== 'task stack' && sp > low - NEAR && sp < high + NEAR);
  return other === undefined
    ? ''
    : `, and ${distance(sp, other)} of the ${other.name}`
        .replace('its start of', 'the start of')
        .replace('its end of', 'the end of');
}

/** What wrote to the stack, and why the fault could not be delivered. */
function howItFaulted(kernel: Kernel, cpu: number, ip: bigint, sp: bigint): string[] {
  const writes = stackWrite(kernel, ip);
  const target = sp - 8n;
  const cr2 = registersOf(kernel, cpu)?.control?.cr2;
  const frame = (sp & ~15n) - 8n;
  const sentences: string[] = [];
  if (writes !== undefined && isUnmapped(kernel, target)) {
    sentences.push(
      `The ${writes} there writes to ${hex(target)}, which no page table maps: a page fault, whose own frame goes onto the same stack, so that it could not be delivered either.`,
    );
  }
  if (cr2 === frame)
    sentences.push(`CR2 is ${hex(cr2)}: the very word at which the processor would begin to push that fault's frame.`);
  else if (cr2 !== undefined && cr2 < sp && sp - cr2 <= 4096n)
    sentences.push(`CR2 is ${hex(cr2)}, ${sp - cr2} bytes below that stack pointer: the access that failed.`);
  return sentences;
}

function isUnmapped(kernel: Kernel, address: bigint): boolean {
  const found = kernel.memory.translate(address);
  return (
    typeof found !== 'number' &&
    'detail' in found &&
    !('missingTable' in found && found.missingTable !== undefined) &&
    !('kind' in found)
  );
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
