import { InputError } from '../bytes/input-error.js';
import { ShapeError } from '../kernel/gaps.js';
import { isPerCpuSymbol } from './symbol-at.js';
import type { Kernel } from '../kernel/kernel.js';
import { notLookedUp } from '../kernel/unreadable-names.js';
import { didYouMean } from '../words/nearest-word.js';

/** How the arguments that go through `addressNamed` are told to a user. */
export const addressForms = 'an address in hexadecimal, or a symbol; :CPU after a per-CPU one, and +0x10 may follow';

/**
 * The address that a user names: 0xffffffff82a12345, init_task, init_task+0x10, and for a per-CPU variable its CPU as
 * crash has it, runqueues:1.
 * @throws InputError where it is none of these, ShapeError where it may be a symbol and these can't be read
 */
export function addressNamed(kernel: Kernel, where: string): bigint {
  const [, base = '', cpu, plus = '0'] = /^(.+?)(?::(\d{1,6}))?(?:\+(0x[\da-f]+|\d+))?$/i.exec(where) ?? [];
  const symbol = kernel.symbols.addressOf(base);
  if (symbol === undefined) {
    if (cpu === undefined && /^(0x)?[\da-f]{1,16}$/i.test(base))
      return BigInt.asUintN(64, BigInt(`0x${base.replace(/^0x/i, '')}`) + BigInt(plus));
    const { unreadable } = kernel.symbols;
    if (unreadable !== undefined)
      throw new ShapeError(
        notLookedUp(where, unreadable, "give an address in hexadecimal, or this kernel's vmlinux (--vmlinux)"),
      );
    throw new InputError(
      `${where} is neither an address in hexadecimal nor a symbol of this kernel${nearestSymbol(kernel, base)}`,
    );
  }
  return BigInt.asUintN(64, symbol + offsetOfCpu(kernel, base, symbol, cpu) + BigInt(plus));
}

function offsetOfCpu(kernel: Kernel, name: string, symbol: bigint, cpu: string | undefined): bigint {
  if (!isPerCpuSymbol(kernel, symbol)) {
    if (cpu !== undefined) throw new InputError(`${name} is one variable for all CPUs: leave out :${cpu}`);
    return 0n;
  }
  const cpus = kernel.possibleCpus();
  if (cpu === undefined)
    throw new InputError(`${name} is a per-CPU variable: say whose, as in ${name}:${cpus[0] ?? 0}`);
  if (!cpus.includes(Number(cpu)))
    throw new InputError(
      `${name}:${cpu}: this machine has no CPU ${cpu}, but ${cpus.length}, from ${cpus[0]} to ${cpus.at(-1)}`,
    );
  return kernel.perCpuOffset(Number(cpu));
}

/** Of "init_task.comm" the variable is meant. */
function nearestSymbol(kernel: Kernel, name: string): string {
  const [, variable = name] = /^([A-Za-z_]\w*)\./.exec(name) ?? [];
  return didYouMean(variable, namesOf(kernel));
}

function* namesOf(kernel: Kernel): Generator<string> {
  for (const { name } of kernel.symbols) yield name;
}
