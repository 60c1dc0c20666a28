import { globals } from '../../symbols/globals.js';
import { listLinks, listVariables } from '../../symbols/lists.js';
import { InputError } from '../bytes/input-error.js';
import { resolveType } from '../debuginfo/type-walk.js';
import { parseDeclared, tagOf } from '../kernel/declared-type.js';
import type { Kernel } from '../kernel/kernel.js';
import { addressNamed } from './address-named.js';
import { offsetNamed } from './type-named.js';

/** Where a list begins, and what links it. */
export interface ListHead {
  address: bigint;
  /** The member that links the elements, where it is known. */
  link: string | undefined;
}

/**
 * The list that a user means: by its head's address or symbol, by a variable's member (init_task.tasks), or by a
 * variable that is itself an element, of the struct that `link` names.
 * @throws InputError, ShapeError
 */
export function listHead(kernel: Kernel, where: string, link: string | undefined): ListHead {
  const [linked, ...member] = link?.split('.') ?? [];
  const offset = linked === undefined ? 0n : offsetNamed(kernel, linked, member.join('.'));
  const [, name = where, path] = /^([A-Za-z_]\w*)(?:\.(\w+(?:\.\w+)*))?$/.exec(where) ?? [];
  const struct = kernel.symbols.addressOf(name) === undefined ? undefined : structOf(kernel, name);
  if (path !== undefined && kernel.symbols.addressOf(name) !== undefined) {
    if (struct === undefined)
      throw new InputError(
        `${where}: nothing says what struct ${name} is; give the head's address, or a vmlinux with debug information`,
      );
    return {
      address: addressNamed(kernel, name) + offsetNamed(kernel, struct, path),
      link: link ?? listLinks[`${struct}.${path}`],
    };
  }
  return {
    address: addressNamed(kernel, where) + (struct === linked ? offset : 0n),
    link: link ?? listVariables[where],
  };
}

/**
 * A variable's struct: by the kernel's types where they have variables, else as it is declared for those that oompm
 * reads.
 */
function structOf(kernel: Kernel, name: string): string | undefined {
  const type = kernel.types.variable(name);
  const resolved = type && resolveType(type);
  if (resolved !== undefined) return resolved.kind === 'struct' ? resolved.name : undefined;
  const declared = Object.hasOwn(globals, name) ? parseDeclared(globals[name as keyof typeof globals].type) : undefined;
  return declared === undefined || declared.stars > 0 || declared.dimensions > 0 ? undefined : tagOf(declared.base);
}
