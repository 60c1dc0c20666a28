import type { SymbolName } from '../../../symbols/symbol-names.js';
import { Implausible, ShapeError } from '../../kernel/gaps.js';
import type { Kernel } from '../../kernel/kernel.js';
import { readOr } from '../../kernel/read-or.js';
import type { AddressSpace } from '../../memory/address-space.js';

/**
 * What reading the log needs: VMCOREINFO has it from 5.10 on, so that a dump without symbols and types shows its log.
 */
export interface LogSource {
  readonly memory: AddressSpace;
  /** Address of a variable. */
  symbol(name: SymbolName): bigint | undefined;
  /** OFFSET(struct.member) in bytes. */
  offset(member: string): number | undefined;
  /** SIZE(struct) in bytes. */
  size(struct: string): number | undefined;
  /** Called in each step of a long walk; may throw to end it. */
  step?(): void;
}

/** The log as VMCOREINFO alone describes it. */
export function logSourceOfVmcoreinfo(
  memory: AddressSpace,
  vmcoreinfo: (key: string) => string | undefined,
): LogSource {
  const decimal = (key: string): number | undefined => {
    const value = vmcoreinfo(key);
    return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  };
  return {
    memory,
    symbol(name) {
      const value = vmcoreinfo(`SYMBOL(${name})`);
      return value !== undefined && /^[0-9a-f]{1,16}$/i.test(value) ? BigInt(`0x${value}`) : undefined;
    },
    offset: (member) => decimal(`OFFSET(${member})`),
    size: (struct) => decimal(`SIZE(${struct})`),
  };
}

/** VMCOREINFO first, the kernel's own symbols and types where it is silent. */
export function logSourceOf(kernel: Kernel): LogSource {
  const told = logSourceOfVmcoreinfo(kernel.memory, (key) => kernel.vmcoreinfo(key));
  return {
    memory: kernel.memory,
    symbol: (name) => told.symbol(name) ?? kernel.findSymbol(name),
    offset: (member) => told.offset(member) ?? readOr(() => kernel.offsetNamed(...memberOf(member)), unknown),
    size: (struct) => told.size(struct) ?? readOr(() => kernel.sizeNamed(struct), unknown),
    step: () => kernel.guard.step(),
  };
}

/** @throws ShapeError that names what neither VMCOREINFO nor types have */
export function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new ShapeError(`neither VMCOREINFO nor the kernel's types have ${what}`);
  return value;
}

/** A number that memory or VMCOREINFO states. @throws Implausible where it can't be so */
export function within(value: number, least: number, most: number, what: string): number {
  if (value < least || value > most) throw new Implausible(`${what} is ${value}`);
  return value;
}

function memberOf(path: string): [string, string] {
  const dot = path.indexOf('.');
  return [path.slice(0, dot), path.slice(dot + 1)];
}

function unknown(): undefined {
  return undefined;
}
