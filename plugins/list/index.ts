import { columns, defined, definePlugin, InputError, table, type Kernel, type RowOf } from 'oompm';
import { addressForms, listEntries, listHead } from 'oompm/inspect';

import { linkHint } from './link-hint.js';

const entryColumns = columns([
  { key: 'index', title: 'INDEX', type: 'integer' },
  { key: 'object', title: 'OBJECT', type: 'address' },
  { key: 'link', title: 'LINK', type: 'address', dispensable: 1 },
  { key: 'name', title: 'NAME', type: 'text' },
]);

/** `list`, as crash's: the elements behind a list_head. */
export default definePlugin({
  id: 'list',
  summary: 'The elements of a kernel list, by its list_head',
  inReport: false,
  examples: ['vmcore slab_caches', 'vmcore init_task.tasks', 'vmcore 0xffffffff82a12345 --link task_struct.sibling'],
  arguments: {
    where: {
      type: 'string',
      required: true,
      summary: `the head: ${addressForms}; or a variable's member: init_task.tasks`,
    },
  },
  flags: {
    link: {
      type: 'string',
      char: 'l',
      summary: "the member that links the elements: 'task_struct.sibling'; known for the kernel's common lists",
    },
  },
  *run(kernel, { where, link }) {
    if (link !== undefined && !/^\w+(?:\.\w+)+$/.test(link))
      throw new InputError(`--link ${link}: give a struct and its member, as in task_struct.sibling`);
    const { address: head, link: known } = listHead(kernel, where, link);
    yield table(
      known === undefined ? `Links of the list at ${where}` : `List at ${where}, linked by ${known}`,
      entryColumns,
      rows(kernel, head, known),
      { id: 'list', ...defined({ note: known === undefined ? linkHint(kernel, head) : undefined }) },
    );
  },
});

function* rows(kernel: Kernel, head: bigint, link: string | undefined): Generator<RowOf<typeof entryColumns>> {
  const struct = link?.split('.')[0];
  let index = 0;
  for (const { node, object, name } of listEntries(kernel, head, link)) {
    yield {
      cells: { index: index++, object: object ?? null, link: node, name: name ?? null },
      ...(object === undefined
        ? { door: { type: 'struct list_head', address: node } }
        : { door: { type: `struct ${struct}`, address: object } }),
    };
  }
}
