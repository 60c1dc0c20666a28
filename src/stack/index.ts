/** Stacks of CPUs and tasks, unwound from the dump: frames, their names, and what stands in them. */
export { cpuStacks, taskStack } from './areas.js';
export { type StackArea } from '../arch/stack/stack-area.js';
export { codePlace, type CodePlace } from './code.js';
export { sourceName } from '../words/source-name.js';
export {
  codeAddressOf,
  spOf,
  type Found,
  type Frame,
  type RegisterFile,
  type SavedRegisters,
  type UnwoundStack,
} from '../arch/stack/frame.js';
export { framesOf, isOf, type PlacedFrame } from './frames-of.js';
export { nameFrames, type NamedFrame } from './name-frames.js';
export { showStack, stackKey, type ShownStack, type ShowOptions } from './show.js';
export { cpuOf, cpuStack, stackOf, type TaskStack } from './stacks.js';
export { type UnwindOptions } from './unwind.js';
export { variablesIn, type Variable } from './variables.js';
export { variableText } from './variable-text.js';
