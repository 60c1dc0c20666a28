import { Implausible } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { hex } from '../../words/hex.js';
import { inArea, type StackArea } from './stack-area.js';

/** The stacks that one unwinding may read. */
export interface StackMemory {
  readonly kernel: Kernel;
  readonly areas: readonly StackArea[];
  areaOf(address: bigint): StackArea | undefined;
  /** @throws ReadError, Implausible where the address is in none of the stacks */
  word(address: bigint): bigint;
  /** @throws Implausible where so many bytes are not within one of the stacks */
  require(address: bigint, length: number): void;
}

export function stackMemory(kernel: Kernel, areas: readonly StackArea[]): StackMemory {
  const memory: StackMemory = {
    kernel,
    areas,
    areaOf: (address) => areas.find((area) => inArea(area, address)),
    require(address, length) {
      if (!areas.some((area) => inArea(area, address, length)))
        throw new Implausible(outsideInWords(areas, address), address);
    },
    word(address) {
      memory.require(address, 8);
      return kernel.memory.u64(address);
    },
  };
  return memory;
}

/** How far off a stack pointer must be to be of no stack at all, rather than just past the end of one. */
const NEAR = 1n << 20n;

/** "the stack pointer 0x… is 3 bytes below the task stack 0x…–0x…" */
export function outsideInWords(areas: readonly StackArea[], address: bigint): string {
  const distance = ({ low, high }: StackArea) =>
    address < low ? low - address : address >= high ? address - high : 0n;
  const nearest = areas.toSorted((a, b) => (distance(a) < distance(b) ? -1 : 1))[0];
  const isNear = nearest !== undefined && distance(nearest) <= NEAR;
  const where = isNear ? besideInWords(nearest, address) : 'in no stack';
  const own = areas.find(({ kind }) => kind === 'task');
  const also = own && (own !== nearest || !isNear) ? `; the task stack is ${range(own)}` : '';
  return `the stack pointer ${hex(address)} is ${where}${also}`;
}

function besideInWords(area: StackArea, address: bigint): string {
  if (address < area.low) return `${area.low - address} bytes below the ${inWords(area)}`;
  if (address >= area.high) return `${address - area.high} bytes above the ${inWords(area)}`;
  return `too close to the end of the ${inWords(area)}`;
}

function inWords(area: StackArea): string {
  return `${area.name} ${range(area)}`;
}

function range({ low, high }: StackArea): string {
  return `${hex(low)}–${hex(high)}`;
}
