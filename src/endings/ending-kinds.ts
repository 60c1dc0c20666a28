import { findingKind, type FindingKind } from '../words/finding.js';

export const exceptionKind = findingKind({
  id: 'ending.exception',
  meaning: 'The kernel died of an exception: what its code did, where, for whom, and what the pointer was.',
  when: "the CPU that panicked has the handler of an exception on its stack, or stopped at an instruction that can't but fail",
  moment: 'dump',
  step: 'certain',
});

export const bugKind = findingKind({
  id: 'ending.bug',
  meaning: 'The kernel stopped itself at a BUG(), or at a WARN() that panic_on_warn or warn_limit made a panic of.',
  when: 'the CPU that panicked has the handler on its stack, over the instruction that BUG() and WARN() are made of',
  moment: 'dump',
  step: 'certain',
});

export const checkKind = findingKind({
  id: 'ending.check',
  meaning: 'A function found its stack overwritten as it returned, by the canary of the stack protector.',
  when: '__stack_chk_fail() called panic()',
  moment: 'dump',
  step: 'certain',
});

export const machineCheckKind = findingKind({
  id: 'ending.machine-check',
  meaning: 'The processor reported an error of the hardware that the kernel could not go on after.',
  when: 'the handler of machine checks called panic()',
  moment: 'dump',
  step: 'certain',
});

export const initKind = findingKind({
  id: 'ending.init-killed',
  meaning: 'The kernel panicked because init ended.',
  when: 'do_exit() called panic() for the init of the machine',
  moment: 'dump',
  step: 'certain',
});

export const rootKind = findingKind({
  id: 'ending.no-root',
  meaning: 'The kernel panicked because it could not mount its root file system.',
  when: 'the functions that mount the root called panic()',
  moment: 'dump',
  step: 'certain',
});

export const noInitKind = findingKind({
  id: 'ending.no-init',
  meaning: 'The kernel panicked because no program could be started as init.',
  when: 'kernel_init() called panic()',
  moment: 'dump',
  step: 'certain',
});

export const panicKind = findingKind({
  id: 'ending.panic',
  meaning: 'Code of the kernel called panic() itself.',
  when: 'no exception, watchdog or setting stands between panic() and its caller',
  moment: 'dump',
  step: 'certain',
});

export const policyKind = findingKind({
  id: 'ending.policy',
  meaning:
    'A setting of the kernel made a panic of what its watchdog saw, or of an NMI: which, and who could not go on.',
  when: 'the watchdog or the handler of NMIs called panic()',
  moment: 'dump',
  step: 'certain',
});

export const byHandKind = findingKind({
  id: 'ending.by-hand',
  meaning: 'Somebody asked for the crash (sysrq-c).',
  when: 'sysrq_handle_crash() called panic(), or failed as it is meant to',
  moment: 'dump',
  step: 'certain',
});

export const memoryKind = findingKind({
  id: 'ending.out-of-memory',
  meaning: 'The kernel panicked because memory ran out: panic_on_oom, or nothing was left to kill.',
  when: 'out_of_memory() called panic()',
  moment: 'dump',
  step: 'certain',
});

export const livedKind = findingKind({
  id: 'ending.lived',
  meaning: 'The kernel had not panicked when the dump was taken: what its CPUs did, or that it was at rest.',
  when: 'panic_cpu is not set, and the log has no panic',
  moment: 'dump',
  step: 'certain',
});

/** Every kind of finding on how the kernel ended. */
export const endingFindingKinds: readonly FindingKind[] = [
  exceptionKind,
  bugKind,
  checkKind,
  machineCheckKind,
  initKind,
  rootKind,
  noInitKind,
  panicKind,
  policyKind,
  byHandKind,
  memoryKind,
  livedKind,
];
