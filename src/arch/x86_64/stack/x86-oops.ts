import type { SymbolName } from '../../../../symbols/symbol-names.js';
import type { Kernel } from '../../../kernel/kernel.js';
import { stringsInCode } from '../../../linux/printk/strings-in-code.js';
import { padded, type Elsewhere, type PrintedLine } from '../../../words/printed-line.js';
import type { OopsPrinting, PrintedException } from '../../stack/oops-printing.js';
import { PT_REGS_ORDER, type X86Registers } from '../pt-regs-order.js';
import { readPtRegs } from './pt-regs.js';
import { controlLines } from './control-registers.js';
import { printedAddress } from './protection-fault-address.js';
import { addressPart, errorPart, pageFaultLines, pageFaultOf, protection } from './page-fault-lines.js';

const NO_CALL = 0xffff_ffff_ffff_ffffn;
const IP_AT = BigInt(PT_REGS_ORDER.indexOf('ip') * 8);

/** arch/x86/kernel/{dumpstack,dumpstack_64,process_64,traps}.c, mm/fault.c. */
export const x86Oops: OopsPrinting = {
  code: { before: 42, behind: 21 },
  noCode(kernel, start) {
    const isOld = stringsInCode(kernel, 'show_opcodes').some((text) => text.includes('opcode bytes at RIP 0x'));
    return [`Code: Unable to access opcode bytes at ${isOld ? 'RIP ' : ''}0x${start.toString(16)}.`]; // until 6.0
  },
  registers: registerLines,
  control: controlLines,
  first: (kernel, exception) => [...firstLines(kernel, exception), ...header(kernel, exception)],
  last(kernel, exception) {
    return exception.kind === 'page fault' && exception.overflow === undefined
      ? [['CR2: ', addressPart(pageFaultOf(kernel, exception))]]
      : [];
  },
  stackName(kernel, { kind }) {
    if (kind !== 'task') return kind;
    return stringsInCode(kernel, 'stack_type_name').includes('TASK') ? 'TASK' : undefined; // since 5.16
  },
  /** The word at the top of an IRQ stack; the saved stack pointer in the registers at the top of an exception's. */
  nextStack(kernel, { kind, high }) {
    if (kind === 'task' || kind === 'ENTRY_TRAMPOLINE') return undefined;
    return kernel.memory.u64(high - (kind === 'IRQ' ? 8n : 16n));
  },
  protection,
  savedIpAt: ({ address }) => address + IP_AT,
  placeLine: 'RIP: ',
  savedAt: readPtRegs,
};

/** show_ip(), show_iret_regs(), __show_regs(SHOW_REGS_SHORT). */
function registerLines(
  all: Partial<X86Registers>,
  symbol: (address: bigint) => string,
  code: readonly PrintedLine[],
): PrintedLine[] {
  const word = (name: keyof X86Registers): string => padded(all[name]!, 16);
  const row = (...names: readonly (readonly [string, keyof X86Registers])[]): PrintedLine => [
    names.map(([title, name]) => `${title}: ${word(name)}`).join(' '),
  ];
  const isWhole = all.ax !== undefined;
  const call = isWhole && all.orig_ax !== NO_CALL ? ` ORIG_RAX: ${word('orig_ax')}` : '';
  return [
    [`RIP: ${padded(all.cs!, 4)}:${symbol(all.ip!)}`],
    ...code,
    [`RSP: ${padded(all.ss!, 4)}:${word('sp')} EFLAGS: ${padded(all.flags!, 8)}${call}`],
    ...(isWhole
      ? [
          row(['RAX', 'ax'], ['RBX', 'bx'], ['RCX', 'cx']),
          row(['RDX', 'dx'], ['RSI', 'si'], ['RDI', 'di']),
          row(['RBP', 'bp'], ['R08', 'r8'], ['R09', 'r9']),
          row(['R10', 'r10'], ['R11', 'r11'], ['R12', 'r12']),
          row(['R13', 'r13'], ['R14', 'r14'], ['R15', 'r15']),
        ]
      : []),
  ];
}

/** What is printed before the header, where the exception has such lines. */
function firstLines(kernel: Kernel, exception: PrintedException): PrintedLine[] {
  if (exception.overflow !== undefined) return overflowLines(kernel, exception);
  if (exception.kind === 'page fault') return pageFaultLines(kernel, exception, pageFaultOf(kernel, exception));
  if (exception.kind === 'double fault') return [[`${doubleFaultStart(kernel)}PANIC: double fault, error_code: 0x0`]];
  return [];
}

/** What stands before it: "traps: ", with which the file's messages begin in some releases. */
function doubleFaultStart(kernel: Kernel): string {
  const format = stringsInCode(kernel, 'exc_double_fault', 'do_double_fault').find((text) => text.includes('PANIC: '));
  return format?.slice(0, format.indexOf('PANIC: ')) ?? '';
}

/** handle_stack_overflow() */
function overflowLines(kernel: Kernel, { overflow, task, cpu, registers }: PrintedException): PrintedLine[] {
  const format = stringsInCode(kernel, 'handle_stack_overflow').find((text) => text.startsWith('BUG: '));
  const { low, high } = overflow!;
  // Until 5.16 the last byte, and the task's alone.
  const isOld = format !== undefined && !format.startsWith('BUG: %s');
  // %p prints a hash of an address, whose key nobody needs to know.
  const isHashed = format !== undefined && !format.includes('%px');
  const shown = (what: string, address: bigint | undefined): string | Elsewhere =>
    isHashed || address === undefined ? { what, digits: 16 } : padded(address, 16);
  const { address } = pageFaultOf(kernel, {
    kind: 'page fault',
    task,
    cpu,
    registers,
    noCode: false,
    number: undefined,
  });
  return [
    [
      `BUG: ${isOld ? '' : `${x86Oops.stackName(kernel, overflow!) ?? 'TASK'} `}stack guard page was hit at `,
      shown('address', address),
      ' (stack is ',
      shown('start of the stack', low),
      '..',
      shown('end of the stack', isOld ? high - 1n : high),
      ')',
    ],
  ];
}

const HEADER_BY: readonly SymbolName[] = ['__die_header', '__die', 'die', 'die_addr'];

/**
 * __die_header(): how the kernel was built stands in its code, as the strings that it may print. What
 * exc_alignment_check() calls a split lock ends its line itself.
 */
function header(kernel: Kernel, exception: PrintedException): PrintedLine[] {
  const strings = stringsInCode(kernel, ...HEADER_BY);
  const format = strings.find((text) => text.includes(': %04lx [#%d]'));
  const number = exception.number === undefined ? { what: 'number of the oops', digits: 1 } : String(exception.number);
  const name: PrintedLine = [
    format?.startsWith('Oops: ') === true ? 'Oops: ' : '', // since 6.10
    ...nameOf(kernel, exception),
  ];
  const isSplit = exception.kind === 'alignment check';
  const start: PrintedLine = [...(isSplit ? [] : name), ': ', errorCodeOf(kernel, exception), ' [#', number, ']'];
  const above = isSplit ? [name] : [];
  if (format === undefined) return [...above, [...start, { what: 'how the kernel was built', digits: 1 }]];
  const named = (...words: readonly string[]): string => words.find((word) => strings.includes(word)) ?? '';
  const isolated = strings.includes(' PTI') && strings.includes(' NOPTI');
  return [
    ...above,
    [
      ...start,
      named(' PREEMPT_RT', ' PREEMPT'), // with the kernel's version since 6.15
      named(' SMP'),
      named(' KASAN'),
      ...(isolated ? [isolatesPageTables(kernel)] : []),
    ],
  ];
}

const PTI_BIT = 7 * 32 + 11;

/** X86_FEATURE_PTI of the CPU that booted. */
function isolatesPageTables(kernel: Kernel): string | Elsewhere {
  const word = kernel.peek('boot_cpu_data', () => {
    const capabilities = kernel.symbol('boot_cpu_data') + BigInt(kernel.offsetNamed('cpuinfo_x86', 'x86_capability'));
    return kernel.memory.u32(capabilities + BigInt((PTI_BIT >> 5) * 4));
  });
  if (word === undefined) return { what: 'page table isolation', digits: 1 };
  return ((word >>> (PTI_BIT & 31)) & 1) === 1 ? ' PTI' : ' NOPTI';
}

const names: Partial<Record<PrintedException['kind'], string>> = {
  'page fault': 'Oops',
  'invalid opcode': 'invalid opcode',
  'divide error': 'divide error',
  'double fault': 'double fault',
  breakpoint: 'int3',
  'stack segment fault': 'stack segment',
  overflow: 'overflow',
  bounds: 'bounds',
  'invalid TSS': 'invalid TSS',
  'segment not present': 'segment not present',
  'alignment check': 'Split lock detected',
  'FPU exception': 'fpu exception',
  'SIMD exception': 'simd exception',
};

/** do_error_trap() keeps the error code of these for user space. */
const withErrorCode: ReadonlySet<PrintedException['kind']> = new Set([
  'general protection fault',
  'stack segment fault',
  'invalid TSS',
  'segment not present',
]);

function nameOf(kernel: Kernel, exception: PrintedException): PrintedLine {
  if (exception.overflow !== undefined) return [overflowName(kernel, exception)];
  if (exception.kind === 'general protection fault') return [protectionName(kernel, exception)];
  return [names[exception.kind] ?? { what: 'name of the exception', digits: 1 }];
}

function overflowName(kernel: Kernel, { kind }: PrintedException): string {
  if (stringsInCode(kernel, 'handle_stack_overflow').includes('stack guard page')) return 'stack guard page'; // since 5.16
  return `kernel stack overflow (${kind === 'double fault' ? 'double-fault' : 'page fault'})`;
}

const USER_HALF = 0x7fff_ffff_ffffn;

/** exc_general_protection(), get_kernel_gp_address(). */
function protectionName(kernel: Kernel, exception: PrintedException): string {
  const { access } = exception;
  const error = savedError(kernel, exception);
  if (error !== undefined && error !== 0n) return 'segment-related general protection fault';
  const address = access && printedAddress(kernel, access);
  if (address === undefined) return 'general protection fault';
  const last = BigInt.asUintN(64, address + BigInt(access?.bytes ?? 1) - 1n);
  const isWild = address < BigInt.asUintN(64, ~USER_HALF) && last > USER_HALF;
  return `general protection fault, ${isWild ? 'probably for non-canonical address' : 'maybe for address'} 0x${address.toString(16)}`;
}

function savedError(kernel: Kernel, { task }: PrintedException): bigint | undefined {
  return kernel.peek('thread_struct.error_code', () => task.thread.error_code);
}

function errorCodeOf(kernel: Kernel, exception: PrintedException): string | Elsewhere {
  if (exception.overflow !== undefined) return '0000';
  if (exception.kind === 'page fault') return errorPart(pageFaultOf(kernel, exception));
  if (!withErrorCode.has(exception.kind)) return '0000';
  const code = savedError(kernel, exception);
  return code === undefined ? { what: 'error code', digits: 4 } : padded(code & 0xffffn, 4);
}
