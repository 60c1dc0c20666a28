/** Lock words decoded; who waits for whom, since when, and who has it. */
export { activationInWords, cpuContexts, sleepingContexts, type Activation, type Context, type Segment } from './contexts.js';
export { type Certainty } from './certainty.js';
export { holdersOf, type Holding } from './holders.js';
export { asleepNs, latestNs, onCpuNs, runqueueClockNs, secondsInWords } from './how-long.js';
export { interruption, type Interruption } from './interruptions.js';
export { lockFindings, waitedNs, type LockFinding } from './judge.js';
export { lockName, type LockName } from './lock-name.js';
export { sleepingLockState, type SleepingLockState } from './lock-state.js';
export { slabObject, type SlabObject } from './slab-object.js';
export { spinQueue, spinWord, type QueueNode, type SpinQueue } from './spin-queue.js';
export { contendedLocks, type ContendedLock, type QueuedWait } from './survey.js';
export { systemCallOf } from './system-call.js';
export { type Lock, type Wait } from './wait.js';
export { contextId, lockId, waitGraph, type Cycle, type WaitGraph } from './wait-graph.js';
export { decodeSpinWord, spinLayout, spinWordInWords, type SpinLayout, type SpinWord } from './words/queued-spinlock.js';
export { decodeRwlockWord, type RwlockWord } from './words/queued-rwlock.js';
export { decodeTicketWord, type TicketWord } from './words/ticket-spinlock.js';
export { decodeBlocker, decodeMutexOwner, decodeRtMutexOwner, decodeRwsemCount, decodeRwsemOwner, type MutexOwner, type RwsemCount, type RwsemOwner } from './words/owner-words.js';
