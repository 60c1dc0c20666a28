import type { StructType } from '../debuginfo/type-source.js';
import { sizeOf } from '../debuginfo/type-walk.js';
import { Page } from '../memory/physical-memory.js';
import { inspectObject, type InspectedMember } from '../inspect/inspect-object.js';
import { readScalar } from '../inspect/read-scalar.js';
import { placeInWords } from '../inspect/symbol-at.js';
import { typeNamed } from '../inspect/type-named.js';
import type { Kernel } from '../kernel/kernel.js';
import { pageNumberOf, ReadError } from '../memory/address-space.js';
import { columns, fact, facts, tree, type TreeNodeOf } from './make-views.js';
import type { View } from '../words/views.js';
import { defined } from '../words/defined.js';

/** The columns of `objectTree`. */
export const objectColumns = columns([
  { key: 'member', title: 'MEMBER', type: 'text' },
  { key: 'offset', title: 'OFFSET', type: 'integer', dispensable: 1 },
  { key: 'value', title: 'VALUE', type: 'text' },
]);
type ObjectNode = TreeNodeOf<typeof objectColumns>;

/**
 * The members of an object in the dump with their values, as its type declares them; what can be inspected is a door.
 */
export function objectTree(kernel: Kernel, type: StructType, address: bigint): ObjectNode[] {
  return inspectObject(kernel, type, address).map(asNode);
}

/** As deep as `inspectObject` goes, which is bounded. */
function asNode({ declaration, offset, value, place, members }: InspectedMember): ObjectNode {
  return {
    cells: { member: declaration, offset, value },
    children: members.map(asNode),
    ...defined({ door: place }),
  };
}

/**
 * A view of the object of a type at an address: a tree of its members with their values, or a fact for what has none.
 * The type is named as a user would: 'zone', 'struct zone', 'pid_t'.
 * @throws InputError where this kernel has no such type, ReadError where nothing of the object can be read
 */
export function objectView(kernel: Kernel, type: string, address: bigint): View {
  const found = typeNamed(kernel, type);
  needSome(kernel, address, sizeOf(found) ?? 0);
  const title = `${type} at ${placeInWords(kernel, address)}`;
  if (found.kind === 'struct' || found.kind === 'union')
    return tree(title, objectColumns, objectTree(kernel, found, address), { id: 'object' });
  return facts(title, [fact('value', 'Value', 'text', readScalar(kernel, found, address).value)], { id: 'object' });
}

/** An object of which no byte can be read would be a screenful of "?". */
function needSome(kernel: Kernel, address: bigint, size: number): void {
  const last = pageNumberOf(address + BigInt(Math.max(size, 1) - 1), kernel.memory);
  const first = pageNumberOf(address, kernel.memory);
  const why = kernel.memory.page(first);
  if (why instanceof Page) return;
  for (let page = first + 1; page <= last; page++) {
    kernel.guard.step();
    if (kernel.memory.page(page) instanceof Page) return;
  }
  throw new ReadError(address, why);
}
