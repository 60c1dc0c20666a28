import type { Kernel } from '../kernel/kernel.js';
import { taintsOf } from '../linux/machine/taint.js';
import { modules, type Module } from '../linux/module/modules.js';
import { lastUnloadedModule, unloadedTaintedModules } from '../linux/module/unloaded-modules.js';
import type { PrintedLine } from '../words/printed-line.js';

/** MODULE_STATE_UNFORMED: it is in the list before it is one. */
const UNFORMED = 3;
const COMING = 1;
const GOING = 2;

/** print_modules(): what is loaded, newest first, with its taints; what tainted and was unloaded; what was last. */
export function moduleLines(kernel: Kernel): PrintedLine[] {
  const loaded = [...modules(kernel)].flatMap(
    (module) => kernel.attempt('module', () => moduleText(kernel, module)) ?? [],
  );
  const lines = [['Modules linked in:', ...loaded].join(' '), ...unloaded(kernel)];
  return [...lines.slice(0, -1), `${lines.at(-1)!}${lastUnloaded(kernel)}`].map((line) => [line]);
}

function moduleText(kernel: Kernel, { name, state, taints }: Module): string[] {
  if (state === UNFORMED) return [];
  const flags = `${letters(kernel, taints)}${state === GOING ? '-' : ''}${state === COMING ? '+' : ''}`;
  return [flags === '' ? name : `${name}(${flags})`];
}

function letters(kernel: Kernel, taints: bigint): string {
  return taintsOf(kernel, taints)
    .map(({ letter }) => letter)
    .join('');
}

/** print_unloaded_tainted_modules() */
function unloaded(kernel: Kernel): string[] {
  const names = unloadedTaintedModules(kernel).map(({ name, taints, count }) => `${name}(${taints}):${count}`);
  return names.length === 0 ? [] : [['Unloaded tainted modules:', ...names].join(' ')];
}

function lastUnloaded(kernel: Kernel): string {
  const last = kernel.peek('last_unloaded_module', () => lastUnloadedModule(kernel));
  if (last === undefined) return '';
  return ` [last unloaded: ${last.name}${last.taints === '' ? '' : `(${last.taints})`}]`;
}
