import { columns, definePlugin, fact, facts, objectView, tree, type TreeNodeOf } from 'oompm';
import {
  addressForms,
  addressNamed,
  sizeOf,
  tagged,
  typeLayout,
  typeName,
  typeNamed,
  type LaidOutMember,
} from 'oompm/inspect';

const layoutColumns = columns([
  { key: 'member', title: 'MEMBER', type: 'text' },
  { key: 'offset', title: 'OFFSET', type: 'bytes', exact: true },
  { key: 'size', title: 'SIZE', type: 'bytes', exact: true },
  { key: 'hole', title: 'HOLE BEFORE', type: 'bytes', exact: true },
]);

/** `struct`, as crash's: how a type lies in memory, as pahole prints it, or an object of that type with its values. */
export default definePlugin({
  id: 'struct',
  summary: 'A type of this kernel, member by member, with offsets, sizes and holes; or an object of it',
  inReport: false,
  examples: ['vmcore zone', 'vmcore zone_type', 'vmcore task_struct init_task', 'vmcore rq runqueues:1'],
  arguments: {
    type: { type: 'string', required: true, summary: "a struct, union, enum or typedef: 'zone', 'struct zone'" },
    where: { type: 'string', summary: `an object of it: ${addressForms}` },
  },
  *run(kernel, { type, where }) {
    const found = typeNamed(kernel, type);
    if (where !== undefined) yield objectView(kernel, type, addressNamed(kernel, where));
    else if (found.kind === 'struct' || found.kind === 'union')
      yield tree(
        `${found.name === '' ? type : tagged(found)}, ${found.size} bytes`,
        layoutColumns,
        typeLayout(found).map(asNode),
        { id: 'layout' },
      );
    else if (found.kind === 'enum')
      yield facts(
        type,
        [...found.values].map(([name, value]) => fact(name, name, 'text', value.toString())),
        { id: 'layout' },
      );
    else
      yield facts(
        type,
        [fact('type', 'Type', 'text', typeName(found)), fact('size', 'Size', 'bytes', sizeOf(found) ?? null)],
        { id: 'layout' },
      );
  },
});

function asNode({ declaration, offset, bits, size, members, hole }: LaidOutMember): TreeNodeOf<typeof layoutColumns> {
  const member =
    bits === undefined ? declaration : `${declaration} (bits ${bits.from} to ${bits.from + bits.count - 1})`;
  return {
    cells: { member, offset, size: size ?? null, hole: hole === 0 ? null : hole },
    children: members.map(asNode),
  };
}
