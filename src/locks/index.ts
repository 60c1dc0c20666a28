/** Lock words decoded; who waits for whom, since when, and who has it. */
export { activationInWords, cpuContexts, ownFunction, sleepingContexts, type Activation, type Context, type Segment } from './contexts.js';
export { type Certainty } from './certainty.js';
export { type Finding } from './findings/finding.js';
export { holdersOf, type Holding } from './owners/holders.js';
export { interruption, type Interruption } from './findings/interruptions.js';
export { lockFindings, type LockFinding } from './findings/judge.js';
export { lockName, type LockName } from './names/lock-name.js';
export { sleepingLockState, type SleepingLockState } from './state/lock-state.js';
export { spinQueue, spinWord, type QueueNode, type SpinQueue } from './state/spin-queue.js';
export { contendedLocks, type ContendedLock, type QueuedWait } from './survey.js';
export { systemCallOf } from './waits/system-call.js';
export { isHeld, type Lock, type Wait } from './wait.js';
export { waitedNs } from './findings/waits-in-words.js';
export { contextId, lockId, waitGraph, type Cycle, type WaitGraph } from './wait-graph.js';
export { decodeSpinWord, spinLayout, spinWordInWords, type SpinLayout, type SpinWord } from './state/words/queued-spinlock.js';
export { decodeRwlockWord, type RwlockWord } from './state/words/queued-rwlock.js';
export { decodeTicketWord, type TicketWord } from './state/words/ticket-spinlock.js';
export { decodeBlocker, decodeMutexOwner, decodeRtMutexOwner, decodeRwsemCount, decodeRwsemOwner, type MutexOwner, type RwsemCount, type RwsemOwner } from './state/words/owner-words.js';
