import { anyStart } from '../words/any-of.js';

/** What the processor did, by the error code that each architecture prints of a fault. */
export type Access = 'read' | 'wrote' | 'fetched from';

/** x86: X86_PF_WRITE and X86_PF_INSTR. */
function ofX86(code: number): Access {
  if ((code & 16) !== 0) return 'fetched from';
  return (code & 2) === 0 ? 'read' : 'wrote';
}

/** arm: FSR_WRITE of a data abort's; the kernel's own bit 31 marks a prefetch abort's. */
function ofArm(code: number): Access {
  if (code >= 0x8000_0000) return 'fetched from';
  return (code & 0x800) === 0 ? 'read' : 'wrote';
}

/** ESR_ELx, arch/arm64/include/asm/esr.h: EC, and WnR where it is no maintenance of caches. */
function ofArm64(code: number): Access | undefined {
  const exceptionClass = (code >>> 26) & 0x3f;
  if (exceptionClass === 0x20 || exceptionClass === 0x21) return 'fetched from';
  if (exceptionClass !== 0x24 && exceptionClass !== 0x25) return undefined;
  if ((code & 0x100) !== 0) return undefined;
  return (code & 0x40) === 0 ? 'read' : 'wrote';
}

/** DSISR_ISSTORE, arch/powerpc/include/asm/reg.h. */
function ofPowerpc(code: number): Access {
  return (code & 0x0200_0000) === 0 ? 'read' : 'wrote';
}

/** powerpc: an instruction storage interrupt, or of an instruction's segment. Of data DSISR tells. */
function ofTrap(code: number): Access | undefined {
  return code === 0x400 || code === 0x480 ? 'fetched from' : undefined;
}

/** The store indication of s390's translation-exception code; older machines have none. */
function ofS390(code: number): Access | undefined {
  const store = code & 0xc00;
  if (store === 0x400) return 'wrote';
  return store === 0x800 ? 'read' : undefined;
}

/** scause of RISC-V: faults of pages, and of accesses. */
function ofRiscv(code: number): Access | undefined {
  if (code === 12 || code === 1) return 'fetched from';
  if (code === 13 || code === 5) return 'read';
  return code === 15 || code === 7 ? 'wrote' : undefined;
}

/** ExcCode of MIPS's Cause: TLB modified, and misses of loads and stores. A fetch is a load to it. */
function ofMips(code: number): Access | undefined {
  const exception = (code >>> 2) & 0x1f;
  if (exception === 2) return 'read';
  return exception === 3 || exception === 1 ? 'wrote' : undefined;
}

const words: Readonly<Record<string, Access>> = {
  read: 'read',
  load: 'read',
  write: 'wrote',
  store: 'wrote',
  'instruction fetch': 'fetched from',
};

const codes: readonly (readonly [RegExp, (code: number) => Access | undefined])[] = [
  [/^(?:Oops: )+([0-9a-f]{4}) \[#/, ofX86],
  [/^Internal error: (?:Oops)?: ([0-9a-f]{1,8}) \[#\d+\].* (?:ARM|THUMB2)$/, ofArm],
  [/^Internal error: Oops: ([0-9a-f]{8}|[0-9a-f]{16}) \[#\d+\](?!.* (?:ARM|THUMB2)$)/, ofArm64],
  [/\bDSISR: ([0-9a-f]{8,16})/, ofPowerpc],
  [/^Failing address: [0-9a-f]{16} TEID: ([0-9a-f]{16})/, ofS390],
  [/\b(?:bad|t)addr: [0-9a-f]{8,16} s?cause: ([0-9a-f]{8,16})/, ofRiscv],
  [/^Cause : ([0-9a-f]{8,16})/, ofMips],
  [/^REGS: [0-9a-f]{8,16} TRAP: ([0-9a-f]{3,4})\b/, ofTrap],
];

/** "#PF: supervisor write access in kernel mode", "BUG: Unable to handle kernel data access on read at 0x…" */
const inWords = anyStart(
  [
    /#PF: (?:supervisor|user) |BUG: [\w ]{5,60} on |Unable to handle kernel paging request for /,
    /BUG: Unable to handle kernel (?=instruction)/,
  ],
  String.raw`(read|write|instruction fetch)\b`,
);

/** "ESTAT: 00010000 [PIL] (IS= ECode=1 EsubCode=0)", of LoongArch: pages invalid for a load, a store, a fetch. */
const estat = /^ESTAT: [0-9a-f]{8,16} \[PI([LSF])\]/;
const estats: Readonly<Record<string, Access>> = { L: 'read', S: 'wrote', F: 'fetched from' };

/** What a line says of the access that failed. */
export function accessIn(text: string): Access | undefined {
  const said = inWords.exec(text)?.[1];
  if (said !== undefined) return words[said];
  const page = estat.exec(text)?.[1];
  if (page !== undefined) return estats[page];
  for (const [pattern, accessOf] of codes) {
    const code = pattern.exec(text)?.[1];
    // The upper half of a code of 64 bits says no more.
    if (code !== undefined) return accessOf(Number.parseInt(code.slice(-8), 16));
  }
  return undefined;
}
