import type { Kernel } from '../kernel/kernel.js';
import type { CodeRange } from './code-range.js';

/** What is made at run time is some pages at the most: more is a broken struct. */
const LARGEST = 16 << 20;

/** BPF programs and their trampolines, by the list `bpf_kallsyms`. */
export function bpfText(kernel: Kernel): CodeRange[] {
  const head = kernel.findSymbol('bpf_kallsyms');
  if (head === undefined || kernel.missing('bpf_ksym') !== undefined) return [];
  const ranges: CodeRange[] = [];
  for (const ksym of kernel.list(head, 'bpf_ksym', 'lnode')) {
    kernel.attempt('bpf_ksym', () => {
      if (ksym.end > ksym.start && ksym.end - ksym.start <= BigInt(LARGEST))
        ranges.push({ low: ksym.start, high: ksym.end, made: ksym.name });
    });
  }
  return ranges;
}

/** FTRACE_OPS_FL_SAVE_REGS of include/linux/ftrace.h: bit 2. */
const SAVE_REGS = 4n;
/** Tracers that are registered at one time. */
const MOST_OPS = 65_536;

/**
 * Trampolines of ftrace, each made for one ftrace_ops as a copy of ftrace_caller or ftrace_regs_caller:
 * orc_ftrace_find().
 */
export function ftraceText(kernel: Kernel): CodeRange[] {
  const list = kernel.findSymbol('ftrace_ops_list');
  if (list === undefined || kernel.missing('ftrace_ops') !== undefined) return [];
  const ranges: CodeRange[] = [];
  const seen = new Set<bigint>();
  kernel.attempt('ftrace_ops_list', () => {
    for (let at = kernel.memory.u64(list); at !== 0n && !seen.has(at) && seen.size < MOST_OPS;) {
      seen.add(at);
      const { next, flags, trampoline = 0n, trampoline_size: bytes = 0n } = kernel.ref('ftrace_ops', at);
      const copyOf = kernel.findSymbol((flags & SAVE_REGS) === 0n ? 'ftrace_caller' : 'ftrace_regs_caller');
      if (trampoline !== 0n && bytes > 0n && bytes <= BigInt(LARGEST))
        ranges.push({
          low: trampoline,
          high: trampoline + bytes,
          made: 'ftrace_trampoline',
          isNameless: true,
          ...(copyOf === undefined ? {} : { unwoundBy: { copyOf } }),
        });
      at = next;
    }
  });
  return ranges;
}

/**
 * The detours of optimised kprobes: each saves a struct pt_regs on the stack, whose ip optimized_callback() sets to
 * right behind the probe, and calls (optprobe_template_entry).
 */
export function kprobeText(kernel: Kernel): CodeRange[] {
  const slots = kernel.findSymbol('kprobe_optinsn_slots');
  if (
    slots === undefined ||
    !kernel.has('kprobe_insn_cache', 'pages') ||
    kernel.missing('kprobe_insn_page') !== undefined
  )
    return [];
  const ranges: CodeRange[] = [];
  for (const page of kernel.list(
    slots + BigInt(kernel.offsetOf('kprobe_insn_cache', 'pages')),
    'kprobe_insn_page',
    'list',
  )) {
    kernel.attempt('kprobe_insn_page', () => {
      const { insns: low } = page;
      ranges.push({
        low,
        high: low + BigInt(kernel.memory.pageSize),
        made: 'kprobe_optinsn',
        isNameless: true,
        unwoundBy: 'pt_regs',
      });
    });
  }
  return ranges;
}
