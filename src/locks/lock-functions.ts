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
  /** For reading only, or for writing, where the kind has readers. */
  readonly mode?: 'read' | 'write';
}

const uses = ['acquire', 'trylock', 'release', 'inside'] as const;

const byName = new Map<string, LockFunction>();
for (const kind of lockKinds) {
  if (kind.functions) add(kind, kind.functions);
  for (const [variable, functions] of Object.entries(kind.variables ?? {}))
    add(kind, functions, variable as SymbolName);
}

function namesOf(functions: LockFunctions | undefined, does: (typeof uses)[number]): readonly string[] {
  const names = functions?.[does];
  return names === undefined ? [] : names;
}

function add(kind: LockKind, functions: LockFunctions, variable?: SymbolName): void {
  for (const mode of [undefined, 'read', 'write'] as const) {
    const named = mode === undefined ? functions : functions[mode];
    for (const does of uses)
      for (const name of namesOf(named, does)) byName.set(name, { kind, does, name, ...defined({ variable, mode }) });
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
