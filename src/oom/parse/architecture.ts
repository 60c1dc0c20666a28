/**
 * The architecture that a report was printed on, by what only that one prints: registers, entry functions, the
 * release's suffix. undefined where nothing tells.
 */
export function architectureOf(
  release: string | undefined,
  lines: readonly string[],
  hardware: string | undefined,
): string | undefined {
  const bySuffix = suffixes.find(([pattern]) => release !== undefined && pattern.test(release))?.[1];
  if (bySuffix !== undefined) return bySuffix;
  for (const [pattern, name] of signs) if (lines.some((line) => pattern.test(line))) return name;
  return hardware === undefined ? undefined : byHardware.find(([pattern]) => pattern.test(hardware))?.[1];
}

const suffixes: readonly (readonly [RegExp, string])[] = [
  [/[.-](?:x86_64|amd64)\b/, 'x86_64'],
  [/[.-](?:aarch64|arm64)\b/, 'arm64'],
  [/[.-]i[3-6]86\b/, 'i686'],
  [/[.-]ppc64(?:le|el)?\b|powerpc64/, 'ppc64'],
  [/[.-]s390x\b/, 's390x'],
  [/[.-]riscv64\b/, 'riscv64'],
  [/[.-]armv7\w*\b|[.-]armhf\b/, 'arm'],
  [/[.-]mips\w*\b/, 'mips'],
];

const signs: readonly (readonly [RegExp, string])[] = [
  [
    /^R(?:IP|SP|AX|BP): |\b(?:entry_SYSCALL_64|do_syscall_64|system_call_fastpath|secondary_startup_64|x86_64_start|ret_from_fork_asm|asm_exc_page_fault)/,
    'x86_64',
  ],
  [/^E(?:IP|AX|SI): |\bentry_(?:SYSENTER_32|INT80_32)|\bdo_(?:int80|fast)_syscall_32\b|\basm_int80_/, 'i686'],
  [/^Exception stack\(0x|\bunwind_backtrace\b|\bret_fast_syscall\b/, 'arm'],
  // Only arm64 (and 32-bit arm of late) writes it with a small t.
  [
    /^Call trace:|^pstate\b|^x\d+ ?: [0-9a-f]{16}|\bel[01]t?_?(?:64_)?(?:sync|svc|irq|da|ia)|\b__arm64_sys_|__primary_switched/,
    'arm64',
  ],
  [/^\[[0-9a-f]{16}\] \[|^NIP ?: +[0-9a-f]{16}/, 'ppc64'],
  [/^\[[0-9a-f]{8}\] \[|^NIP ?: +[0-9a-f]{8}\b/, 'ppc32'],
  [/^epc ?: |\bwalk_stackframe\b|^a0 :/, 'riscv64'],
  [/^(?:PSW|Krnl PSW)|\b__do_pgm_check\b|^\(\[<[0-9a-f]{16}>\]/, 's390x'],
  [/^Stack ?:|\bsyscall_common\b|\bhandle_sys\b/, 'mips'],
  [/ffffffff[89a-f][0-9a-f]{7}\b/, 'x86_64'],
];

/** Names that one maker of one kind of machine gives; a BIOS date is no sign, arm64 machines have one too. */
const byHardware: readonly (readonly [RegExp, string])[] = [
  [/PowerMac|PowerBook/, 'ppc32'],
  [/^9000\//, 'parisc'],
  [/^QEMU QEMU Virtual Machine|^Radxa|^linux,dummy-virt/, 'arm64'],
  [/^IBM \d{4} \w{3} /, 's390x'],
  [/^IBM pSeries|^\d{4}-\w{3} .*POWER|PowerNV/, 'ppc64'],
  [/\bi440FX\b|\bQ35\b|^(?:Dell|HP|LENOVO|Supermicro|ASUS|Google Google)\b/, 'x86_64'],
];
