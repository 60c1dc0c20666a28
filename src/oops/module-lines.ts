import { sizeOf } from '../debuginfo/type-walk.js';
import type { Kernel } from '../kernel/kernel.js';
import { taintsOf } from '../linux/machine/taint.js';
import { modules, type Module } from '../linux/module/modules.js';
import { stringsInCode } from '../linux/printk/strings-in-code.js';
import type { PrintedLine } from '../words/printed-line.js';

/** MODULE_STATE_UNFORMED: it is in the list before it is one. */
const UNFORMED = 3;
const COMING = 1;
const GOING = 2;
const LONGEST_NAME = 64;

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
  const head = kernel.findSymbol('unloaded_tainted_modules');
  if (head === undefined || kernel.missing('mod_unload_taint') !== undefined) return [];
  const names = [...kernel.list(head, 'mod_unload_taint', 'list')].map(
    ({ name, taints, count }) => `${name}(${letters(kernel, taints)}):${count}`,
  );
  return names.length === 0 ? [] : [['Unloaded tainted modules:', ...names].join(' ')];
}

function lastUnloaded(kernel: Kernel): string {
  const address = kernel.findSymbol('last_unloaded_module');
  const text = (at: bigint): string =>
    kernel.peek('last_unloaded_module', () => kernel.memory.cString(at, LONGEST_NAME)) ?? '';
  if (address === undefined || text(address) === '') return '';
  // With its taints since 6.0 (6f1dae1d84b6): a struct of the name and these.
  const hasTaints = stringsInCode(kernel, 'print_modules').some((format) => format.includes('unloaded: %s%s'));
  const name = kernel.types.struct('module', 'load_module')?.members.find((member) => member.name === 'name');
  const width = hasTaints && name !== undefined ? sizeOf(name.type()) : undefined;
  return ` [last unloaded: ${text(address)}${width === undefined ? '' : text(address + BigInt(width))}]`;
}
