/** For tests of plugins and readers: kernels and dump files made in the test itself. */
export {
  toyKernel,
  type ToyKernel,
  type ToyKernelOptions,
  type ToyObject,
  type ToyRegisters,
  type ToyVariable,
} from './toy-kernel.js';
export { ptRegs, toyCode, words, type ToyCode, type ToyFunction, type ToyInstruction } from './toy-code.js';
export type { MemoryPiece } from './build-orc.js';
export { perCpu, to, type ToyPerCpuPointer, type ToyPointer, type ToyValue } from './toy-value.js';
export { buildBtf, type RawType } from './build-btf.js';
export { parseCTypes } from './parse-c-types.js';
export { commonTypes, taskTypes, withMembers } from './toy-types.js';
export { buildKdump, type KdumpOptions, type TestCodec, type TestPage } from './build-kdump.js';
export { toyMemory, type ToyMemory } from './toy-memory.js';
export { openKernel } from '../session/open-kernel.js';
