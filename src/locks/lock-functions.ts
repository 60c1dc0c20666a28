import type { SymbolName } from '../../symbols/symbol-names.js';
import { optimisticSpinFunctions, spinIdleFunctions } from '../../symbols/lock-functions.js';
import type { Kernel } from '../kernel/kernel.js';
import { lockKinds } from './kinds/all.js';
import type { LockFunctions, LockKind } from './lock-kind.js';
import { defined } from '../words/defined.js';

/** What a function does to a lock; `inside` is a part of acquiring. */
export interface LockFunction {
  readonly kind: LockKind;
  readonly does: 'acquire' | 'trylock' | 'release' | 'inside';
  readonly name: string;
  /** The variable that it is about, whatever it is given. */
  readonly variable?: SymbolName;
}

const byName = new Map<string, LockFunction>();
for (const kind of lockKinds) {
  if (kind.functions) add(kind, kind.functions);
  for (const [variable, functions] of Object.entries(kind.variables ?? {}))
    add(kind, functions, variable as SymbolName);
}

function namesOf(functions: LockFunctions, does: keyof LockFunctions): readonly string[] {
  const names = functions[does];
  return names === undefined ? [] : names;
}

function add(kind: LockKind, functions: LockFunctions, variable?: SymbolName): void {
  for (const does of ['acquire', 'trylock', 'release', 'inside'] as const) {
    for (const name of namesOf(functions, does)) byName.set(name, { kind, does, name, ...defined({ variable }) });
  }
}

const idle: ReadonlySet<string> = new Set(spinIdleFunctions);
const optimistic: ReadonlySet<string> = new Set(optimisticSpinFunctions);

/** By the name in the source. */
export function lockFunction(name: string): LockFunction | undefined {
  return byName.get(name);
}

/** The hypervisor's part of waiting for a paravirtual lock. */
export function isSpinIdle(name: string): boolean {
  return idle.has(name);
}

/** Spinning for a sleeping lock whose owner runs. */
export function isOptimisticSpin(name: string): boolean {
  return optimistic.has(name);
}

/** Functions that acquire or release, by where they start: for reading the calls in code. */
export function lockFunctionsByAddress(kernel: Kernel): ReadonlyMap<bigint, LockFunction> {
  return kernel.once('lock functions by address', () => {
    const found = new Map<bigint, LockFunction>();
    for (const entry of byName.values()) {
      if (entry.does === 'inside') continue;
      for (const { address, type } of kernel.symbols.lookup(entry.name))
        if (/[tTwW]/.test(type)) found.set(address, entry);
    }
    return found;
  });
}

/** Whether a function takes a lock for reading only, where the kind has readers. */
export function modeOf(name: string): 'read' | 'write' | undefined {
  if (/(?:^|_)(?:down_read|read_lock|percpu_down_read|cpus_read)/.test(name)) return 'read';
  if (/(?:^|_)(?:down_write|write_lock|percpu_down_write|cpus_write)/.test(name)) return 'write';
  return undefined;
}
