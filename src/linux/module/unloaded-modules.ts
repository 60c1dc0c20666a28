import { sizeOf } from '../../debuginfo/type-walk.js';
import type { Kernel } from '../../kernel/kernel.js';
import { taintsOf } from '../machine/taint.js';
import { stringsInCode } from '../printk/strings-in-code.js';

/** A module that is gone. */
export interface UnloadedModule {
  readonly name: string;
  /** "OE"; '' where none tells. */
  readonly taints: string;
}

/** One that had tainted the kernel, or whose init failed after it had. */
export interface UnloadedTaintedModule extends UnloadedModule {
  readonly count: bigint;
}

const LONGEST_NAME = 64;

/**
 * The module that was unloaded last (`last_unloaded_module`); undefined where there was none. One whose init failed is
 * not recorded. @throws ReadError
 */
export function lastUnloadedModule(kernel: Kernel): UnloadedModule | undefined {
  const at = kernel.findSymbol('last_unloaded_module');
  const name = at === undefined ? '' : kernel.memory.cString(at, LONGEST_NAME);
  if (at === undefined || name === '') return undefined;
  // With its taints since 6.0 (6f1dae1d84b6): a struct of the name and these.
  const hasTaints = stringsInCode(kernel, 'print_modules').some((format) => format.includes('unloaded: %s%s'));
  const member = kernel.types.struct('module', 'load_module')?.members.find((one) => one.name === 'name');
  const width = hasTaints && member !== undefined ? sizeOf(member.type()) : undefined;
  if (width === undefined) return { name, taints: '' };
  // The name has room for one character more than a module's own.
  const texts = [width + 1, width].map((offset) => kernel.memory.cString(at + BigInt(offset), LONGEST_NAME));
  const taints = texts.find((text) => text.startsWith('('));
  return { name, taints: taints === undefined ? '' : taints.replaceAll(/[ ()]/g, '') };
}

/** Modules that had tainted the kernel and are gone (`unloaded_tainted_modules`, since 5.18). */
export function unloadedTaintedModules(kernel: Kernel): readonly UnloadedTaintedModule[] {
  const head = kernel.findSymbol('unloaded_tainted_modules');
  if (head === undefined || kernel.missing('mod_unload_taint') !== undefined) return [];
  return [...kernel.list(head, 'mod_unload_taint', 'list')].map(({ name, taints, count }) => ({
    name,
    taints: taintsOf(kernel, taints)
      .map(({ letter }) => letter)
      .join(''),
    count,
  }));
}
