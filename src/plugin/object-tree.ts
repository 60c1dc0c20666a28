import type { StructType } from '../debuginfo/type-source.js';
import { inspectObject, type InspectedMember } from '../inspect/inspect-object.js';
import type { Kernel } from '../kernel/kernel.js';
import { columns, type TreeNodeOf } from './make-views.js';

export const objectColumns = columns([
  { key: 'member', title: 'MEMBER', type: 'text' },
  { key: 'offset', title: 'OFFSET', type: 'integer', dispensable: 1 },
  { key: 'value', title: 'VALUE', type: 'text' },
]);
type ObjectNode = TreeNodeOf<'member' | 'offset' | 'value'>;

/** The members of an object in the dump with their values, as its type declares them; what can be inspected is a door. */
export function objectTree(kernel: Kernel, type: StructType, address: bigint): ObjectNode[] {
  return inspectObject(kernel, type, address).map(asNode);
}

/** As deep as `inspectObject` goes, which is bounded. */
function asNode({ declaration, offset, value, place, members }: InspectedMember): ObjectNode {
  return { cells: { member: declaration, offset, value }, children: members.map(asNode), ...(place === undefined ? {} : { door: place }) };
}
