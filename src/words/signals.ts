/** The signals of include/uapi/asm-generic/signal.h that end a process, from 1 on. */
const SIGNALS = [
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU',
  'XFSZ VTALRM PROF WINCH IO PWR SYS',
].flatMap((names) => names.split(' '));

/** "SIGSEGV"; "signal 34" where it has no name. */
export function signalName(signal: number): string {
  const name = SIGNALS[signal - 1];
  return name === undefined ? `signal ${signal}` : `SIG${name}`;
}
