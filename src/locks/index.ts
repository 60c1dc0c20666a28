/** Lock words decoded; who waits for whom, since when, and who has it. */
export {
  activationInWords,
  cpuContexts,
  ownFunction,
  sleepingContexts,
  type Activation,
  type Context,
  type Segment,
} from './contexts.js';
export { holdersOf } from './owners/holders.js';
export { interruption, type Interruption } from './findings/interruptions.js';
export { lockFindingKinds, lockFindings } from './findings/judge.js';
export { lockName } from './names/lock-name.js';
export { lockKinds } from './kinds/all.js';
export { lockState } from './state/lock-state.js';
export { spinQueue, spinWord, type QueueNode, type SpinQueue } from './state/spin-queue.js';
export { contendedLocks } from './survey.js';
export { systemCallOf } from './waits/system-call.js';
export {
  isHeld,
  type ContendedLock,
  type Holding,
  type Lock,
  type LockKind,
  type LockName,
  type LockState,
  type QueuedWait,
  type Wait,
} from './lock-kind.js';
export { waitedNs } from './findings/waits-in-words.js';
export { contextId, lockId, waitGraph, type Cycle, type WaitGraph } from './wait-graph.js';
export {
  decodeSpinWord,
  spinLayout,
  spinWordInWords,
  type SpinLayout,
  type SpinWord,
} from './state/words/queued-spinlock.js';
export { decodeRwlockWord, type RwlockWord } from './state/words/queued-rwlock.js';
export { decodeTicketWord, type TicketWord } from './state/words/ticket-spinlock.js';
export {
  decodeBlocker,
  decodeMutexOwner,
  decodeRtMutexOwner,
  decodeRwsemCount,
  decodeRwsemOwner,
  type MutexOwner,
  type RwsemCount,
  type RwsemOwner,
} from './state/words/owner-words.js';
