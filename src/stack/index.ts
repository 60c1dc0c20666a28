/** Stacks of CPUs and tasks, unwound from the dump: frames, their names, and what stands in them. */
export { cpuStacks, taskStack, type StackArea } from './areas.js';
export { codePlace, sourceName, type CodePlace } from './code.js';
export { codeAddressOf, spOf, type Found, type Frame, type UnwoundStack } from './frame.js';
export { framesOf, isOf, type PlacedFrame } from './frames-of.js';
export { nameFrames, type NamedFrame } from './name-frames.js';
export { type SavedRegisters } from './pt-regs.js';
export { DWARF, type RegisterFile } from './registers.js';
export { showStack, stackKey, type ShownFrame, type ShownStack, type ShowOptions } from './show.js';
export { cpuOf, cpuStack, stackOf, type TaskStack } from './stacks.js';
export { type UnwindOptions } from './unwind.js';
export { variablesIn, type Variable } from './variables.js';
export { variableText } from './variable-text.js';
