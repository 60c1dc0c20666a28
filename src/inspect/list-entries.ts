import { listNodes } from '../kernel/containers/list.js';
import type { Kernel } from '../kernel/kernel.js';
import { noSuchStruct } from '../kernel/unreadable-names.js';
import { nameBehind } from './read-scalar.js';
import { defined } from '../words/defined.js';

/** One element of a list. */
export interface ListEntry {
  /** The link. */
  node: bigint;
  /** The object that the link is part of, where that is known. */
  object?: bigint;
  /** Its name, as a pointer to it would show it: '"kmalloc-64"'. */
  name?: string;
}

/**
 * What hangs on a `struct list_head`, of any struct. `link` says which member links them ("slab.slab_list"); without it
 * the links alone. A broken list ends with a gap. For a struct with a shape, `kernel.list` gives the objects
 * themselves.
 * @throws ShapeError where this kernel has no such member
 */
export function* listEntries(kernel: Kernel, head: bigint, link: string | undefined): Generator<ListEntry> {
  const [struct = '', ...path] = link?.split('.') ?? [];
  const offset = link === undefined ? undefined : BigInt(kernel.offsetNamed(struct, path.join('.')));
  const type = link === undefined ? undefined : kernel.types.struct(struct);
  if (link !== undefined && type === undefined) throw noSuchStruct(kernel.types, struct);
  for (const node of listNodes(kernel, head, `list at 0x${head.toString(16)}`)) {
    if (offset === undefined || type === undefined) {
      yield { node };
      continue;
    }
    const object = BigInt.asUintN(64, node - offset);
    const [name] = nameBehind(kernel, type, object);
    yield { node, object, ...defined({ name }) };
  }
}
