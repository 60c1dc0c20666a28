import { expect, test } from 'vitest';
import type { Finding } from '../../src/index.js';
import { size } from '../../src/words/quantity.js';
import { alone, inTable, timestamp } from '../../src/report/format-value.js';
import { makeReport, orderFindings, type Extent } from '../../src/report/report.js';
import { signatureOf } from '../../src/report/signature.js';

function finding(id: string, more: Partial<Finding> = {}): Finding {
  return {
    id,
    weight: 80,
    certainty: 'certain',
    moment: 'dump',
    sentence: `${id} happened at 0x1234 to 7 tasks`,
    evidence: [],
    ...more,
  };
}

test('findings are ordered by weight, less for what is less sure', () => {
  const order = orderFindings([
    finding('a', { weight: 100, certainty: 'possible' }),
    finding('b', { weight: 70 }),
    finding('c', { weight: 70, certainty: 'likely' }),
    finding('d', { weight: 70 }),
  ]);
  expect(order.map(({ id }) => id)).toEqual(['b', 'd', 'a', 'c']);
});

test('twins have one signature, whatever the numbers; others have another', () => {
  const one = signatureOf([
    finding('oom.slab', { subject: { kind: 'lock', name: 'kmalloc-64' } }),
    finding('small', { weight: 10 }),
  ]);
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(
    signatureOf([
      finding('oom.slab', {
        subject: { kind: 'lock', name: 'kmalloc-64' },
        sentence: 'other numbers',
        weight: 60,
        evidence: ['1'],
      }),
    ]),
  ).toBe(one);
  expect(signatureOf([finding('oom.slab', { subject: { kind: 'lock', name: 'dentry' } })])).not.toBe(one);
  expect(signatureOf([finding('a'), finding('b')])).toBe(signatureOf([finding('b'), finding('a')]));
  expect(signatureOf([finding('guess', { certainty: 'possible' })])).toBeNull();
});

test('a part has no signature, nor has a log: one dump would have many, and events that are no twins the same', () => {
  const dump = { files: ['x'], format: 'ELF', architecture: 'x86_64', release: '6.1', pageSize: 4096, defects: [] };
  const of = (extent: Extent): string | null =>
    makeReport(
      '0',
      dump,
      [
        {
          plugin: 'oom',
          title: 'x',
          outcome: { kind: 'done' },
          gaps: [],
          views: [{ kind: 'findings', id: 'findings', title: 'Findings', findings: [finding('oom.slab')] }],
        },
      ],
      extent,
    ).signature;
  expect(of('whole')).toMatch(/^[0-9a-f]{16}$/);
  expect(of('part')).toBeNull();
});

test.each([
  [alone(59_900, 'pages', { pageSize: 4096 }), '59,900 pages (234 MiB)'],
  [alone(59_900, 'pages', { pageSize: 65_536 }), '59,900 pages (3.66 GiB)'],
  [alone(24_044, 'kB', { pageSize: 4096 }), '24,044 kB (23.5 MiB)'],
  [alone(402_915_328, 'bytes', { pageSize: 4096 }), '384 MiB (402,915,328 bytes)'],
  [alone(100, 'bytes', { pageSize: 4096 }), '100 bytes'],
  [alone(2n ** 63n, 'integer', { pageSize: 4096 }), '9,223,372,036,854,775,808'],
  [alone(1_700_000_000, 'unixTime', { pageSize: 4096 }), '2023-11-14 22:13:20 UTC'],
  [alone(1e300, 'unixTime', { pageSize: 4096 }), '1e+300'],
  [alone(null, 'pages', { pageSize: 4096 }), 'none'],
  [inTable(59_900, 'pages'), '59900'],
  [inTable(12_345_678_900, 'ns'), '12.345678'],
  [inTable(-1n, 'address'), '0xffffffffffffffff'],
  [inTable(33.333, 'percent'), '33.3'],
  [inTable(true, 'boolean'), 'yes'],
  [inTable(['a', 'b'], 'flags'), 'a | b'],
  [size(1023), '1023 bytes'],
  [size(1024 ** 4 * 1.5), '1.5 TiB'],
  [timestamp(12_345_678_900), '[   12.345678]'],
])('%s', (shown, expected) => {
  expect(shown).toBe(expected);
});
