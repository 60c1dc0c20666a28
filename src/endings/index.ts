/** How the kernel ended: what the CPU that panicked did before, and what made a panic of it. */
export { culpritOf, type Culprit } from '../locks/dying/culprit.js';
export { endingOf, type Ending, type EndingKind, type Policy } from './ending.js';
export { endingFindingKinds } from './ending-kinds.js';
export { endingFindings } from './judge-ending.js';
