import { defined } from '../words/defined.js';
import type { TextArchitecture } from './oops-text.js';

/**
 * "Tainted: G        W  OE K------------   3.10.0-862.el7.x86_64", "Not tainted (2.6.27.9-159.fc10.i686 #1)"; a line of
 * what letters mean has no letter there.
 */
const kernelPart =
  /(?:Not tainted|\bTainted: ([A-Z](?:[A-Z ]{0,60}[A-Z])?))[ -]*(?:VLI)?(?:\(?(\d{1,2}\.\d[^\s,)]{0,100}))?/;
const oldRelease = /^EFLAGS: [0-9a-f]{8} +\((\d\.\d[^\s,)]{0,100})/;
const booted = /^Linux version (\d{1,2}\.\d\S{0,100})/;

/** The second line of lockdep's reports: "4.14.0-rc3+ #22 Not tainted". */
const lockdeps = /^(\d{1,2}\.\d\S{0,100}) #\d+ (?:Not tainted|Tainted: ([A-Z][A-Z ]{0,60}))/;
/** A release may have any name: "Not tainted syzkaller #0". */
const named = /(?:Not tainted|\bTainted: [A-Z](?:[A-Z ]{0,60}[A-Z])?)[ -]*? ([A-Za-z][\w.+~-]{2,63}) #\d/;

/** Which kernel a line says that it is, and what taints it. */
export function kernelIn(text: string): { readonly release?: string; readonly taint?: string } {
  const part = text.includes('ainted') ? kernelPart.exec(text) : null;
  if (part !== null) {
    const [, letters = '', last = named.exec(text)?.[1]] = part;
    const release = last ?? lockdeps.exec(text)?.[1];
    return { taint: letters.replaceAll(' ', ''), ...defined({ release }) };
  }
  const release = (oldRelease.exec(text) ?? booted.exec(text))?.[1];
  return defined({ release });
}

/** Lines that only one architecture prints. */
const signs: readonly (readonly [RegExp, TextArchitecture])[] = [
  [/^RIP: ?[0-9a-f]{4}:/, 'x86_64'],
  [/^EIP: ?(?:[0-9a-f]{4}:|[A-Za-z_][\w.]*\+0x)/, 'i686'],
  [/^pstate: |^x29: |^Mem abort info:|^pc : (?:\[<[0-9a-f]{16}>\]|[A-Za-z_])/, 'arm64'],
  [/^pc : \[<[0-9a-f]{8}>\]|^Internal error: .* (?:ARM|THUMB2)$|^Flags: \w{4} {2}IRQs /, 'arm'],
  [/^(?:NIP ?:? +\[?|Faulting instruction address: 0x)[0-9a-f]{16}\b/, 'ppc64'],
  [/^(?:NIP ?:? +\[?|Faulting instruction address: 0x)[0-9a-f]{8}\b/, 'ppc32'],
  [/^Krnl PSW : /, 's390x'],
  [/^s?epc ?: ?(?:[0-9a-f]{16}|[\w.]+\+0x[0-9a-f/x]+(?: \[\w+\])?)(?: ra :|$)/, 'riscv64'],
  [/^\$ 0 {3}: /, 'mips'],
];

export function architectureIn(text: string): TextArchitecture | undefined {
  return signs.find(([pattern]) => pattern.test(text))?.[1];
}
