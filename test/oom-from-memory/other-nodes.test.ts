import { expect, test } from 'vitest';
import { perCpu } from 'oompm/testing';

import { beyondTheLog } from '../../plugins/oom/from-memory/beyond.js';
import { toyOom, toyOomTypes } from './toy-oom.js';

const types = toyOomTypes.replace(
  'struct zone {',
  'struct per_cpu_pages { int count, high, batch; }; struct zone { struct per_cpu_pages *per_cpu_pageset;',
);
const node1 = {
  type: 'struct pglist_data',
  value: {
    node_id: 1,
    node_zones: [
      {
        name: 'Normal',
        present_pages: 500,
        managed_pages: 400,
        spanned_pages: 500,
        vm_stat: [70],
        per_cpu_pageset: perCpu({ count: 5 }),
      },
    ],
  },
};

/** What a request that is bound to node 0 leaves out. */
function otherNodes(options: Parameters<typeof toyOom>[1]) {
  const { beyond, incomplete } = beyondTheLog(toyOom({}, { types, ...options, objects: { node1 } }), [0], []);
  return { found: beyond?.otherNodes, unread: incomplete?.['beyond.otherNodes'] };
}

test('what the other nodes have free, with what each CPU keeps; none of it where a part can’t be read', () => {
  expect(otherNodes({})).toEqual({ found: [{ node: 1, freePages: 75, managedPages: 400 }], unread: undefined });
  for (const damaged of [
    otherNodes({ lost: ['node1'] }),
    otherNodes({ overwrite: { 'node1.node_zones[0].per_cpu_pageset': 0x7000_0000_0000n } }),
  ]) {
    expect(damaged.found).toBeUndefined();
    expect(damaged.unread).toBeDefined();
  }
});
