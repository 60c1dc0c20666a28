import { columns, type RowOf } from 'oompm';
import type { ContendedLock } from 'oompm/locks';

export const lockColumns = columns([
  { key: 'kind', title: 'KIND', type: 'text' },
  { key: 'lock', title: 'LOCK', type: 'text' },
  { key: 'address', title: 'ADDRESS', type: 'address', dispensable: 2 },
  { key: 'state', title: 'STATE', type: 'text' },
  { key: 'waiters', title: 'WAITERS', type: 'integer' },
  { key: 'holder', title: 'HELD BY', type: 'text' },
  { key: 'certainty', title: 'CERTAINTY', type: 'text', dispensable: 1 },
  { key: 'evidence', title: 'EVIDENCE', type: 'text', dispensable: 4 },
]);

/** One lock; several possible holders are listed in one cell. */
export function lockRow({ lock, state, waits, holders, remarks }: ContendedLock): RowOf<typeof lockColumns> {
  return {
    cells: {
      kind: lock.kind.name,
      lock: lock.name.text,
      address: lock.address,
      state: state === '' ? null : state,
      waiters: waits.length,
      holder: holders.length === 0 ? null : holders.map(({ holder }) => holder.label).join(', '),
      certainty: holders[0]?.certainty ?? null,
      evidence: [...holders.flatMap(({ evidence }) => evidence), ...remarks].join('; ') || null,
    },
  };
}
