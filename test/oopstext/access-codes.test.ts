import { expect, test } from 'vitest';

import { accessIn } from '../../src/oopstext/access-codes.js';

test.each([
  ['x86', 'Oops: 0000 [#1] SMP', 'read'],
  ['x86', 'Oops: Oops: 0002 [#3] PREEMPT SMP NOPTI', 'wrote'],
  ['x86', 'Oops: 0011 [#1] SMP', 'fetched from'],
  ['x86, in words', '#PF: supervisor write access in kernel mode', 'wrote'],
  ['x86, in words', '#PF: supervisor instruction fetch in kernel mode', 'fetched from'],
  ['arm', 'Internal error: Oops: 17 [#1] PREEMPT SMP ARM', 'read'],
  ['arm', 'Internal error: Oops: 817 [#1] SMP ARM', 'wrote'],
  ['arm, a domain', 'Internal error: : 81b [#1] SMP ARM', 'wrote'],
  ['arm', 'Internal error: Oops: 80000005 [#1] SMP ARM', 'fetched from'],
  ['arm in Thumb', 'Internal error: Oops: 805 [#1] SMP THUMB2', 'wrote'],
  ['arm64', 'Internal error: Oops: 96000005 [#1] PREEMPT SMP', 'read'],
  ['arm64', 'Internal error: Oops: 0000000096000046 [#1] SMP', 'wrote'],
  ['arm64', 'Internal error: Oops: 0000000086000004 [#1] SMP', 'fetched from'],
  ['arm64, cache maintenance', 'Internal error: Oops: 0000000096000146 [#1] SMP', undefined],
  ['powerpc', 'DAR: 00000000000012e0, DSISR: 40000000', 'read'],
  ['powerpc', 'CFAR: c000000000337208 DAR: 0000000000000000 DSISR: 42000000 IRQMASK: 0', 'wrote'],
  ['powerpc, in words', 'BUG: Kernel NULL pointer dereference on read at 0x00000039', 'read'],
  ['powerpc, in words', 'Unable to handle kernel paging request for instruction fetch', 'fetched from'],
  ['powerpc, in words', 'BUG: Unable to handle kernel instruction fetch (NULL pointer?)', 'fetched from'],
  ['powerpc', 'REGS: c00000000cdcf610 TRAP: 0400   Not tainted  (6.14.0)', 'fetched from'],
  ['powerpc, whose DSISR tells', 'REGS: c00000006f3177f0 TRAP: 0300   Not tainted  (6.8.0)', undefined],
  ['LoongArch', 'ESTAT: 00010000 [PIL] (IS= ECode=1 EsubCode=0)', 'read'],
  ['LoongArch, an address error', 'ESTAT: 00480000 [ADEM] (IS= ECode=8 EsubCode=1)', undefined],
  ['s390', 'Failing address: 000000000133b000 TEID: 000000000133b407', 'wrote'],
  ['s390', 'Failing address: 0000000000000000 TEID: 0000000000000887', 'read'],
  ['s390 of before z196', 'Failing address: 0000000000000000 TEID: 0000000000000003', undefined],
  ['s390, whose code is none of x86', 'Oops: 0004 ilc:2 [#1] SMP', undefined],
  ['riscv', 'status: 0000000200000100 badaddr: 00000061fed09482 cause: 000000000000000d', 'read'],
  ['riscv', 'status: 0000000200000120 badaddr: 0000000000000000 cause: 000000000000000f', 'wrote'],
  ['mips', 'Cause : 80800008', 'read'],
  ['mips', 'Cause : 0080000c (ExcCode 03)', 'wrote'],
  ['no fault', 'Oops - BUG: 0 [#1] PREEMPT SMP', undefined],
  ['a cause that is no register', 'usb 1-1: cause: 000000000000000d', undefined],
])('%s: “%s” is %s', (_, line, access) => {
  expect(accessIn(line)).toBe(access);
});
