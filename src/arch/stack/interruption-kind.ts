/** What may come over code that runs. */
export type InterruptionKind =
  | 'double fault'
  | 'NMI'
  | 'page fault'
  | 'machine check'
  | 'general protection fault'
  | 'invalid opcode'
  | 'divide error'
  | 'interrupt'
  | 'exception';
