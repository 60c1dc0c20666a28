import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatsSought } from '../../plugins/oom/from-memory/features.js';
import { formatsInRodata, printkFormats, readOnlyData } from '../../src/linux/oom/printed-formats.js';
import { openSession } from '../../src/session/open-kernel.js';
import { allDumps, dumpsDir } from '../dumps.js';

const dumps = [
  ...new Map(
    allDumps()
      .filter((dump) => dump.endsWith('/vmcore'))
      .map((dump) => [dirname(dump), dump]),
  ).values(),
];

describe.skipIf(dumps.length === 0)(
  'the formats that the printing functions name are those that a search of all read-only data finds',
  () => {
    test.each(dumps)('%s', async (dump) => {
      const session = await openSession({ dump: [join(dumpsDir(), dump)] });
      const { kernel } = session;
      let count = 0;
      try {
        const byCode = printkFormats(kernel, formatsSought);
        count = byCode.size;
        expect(byCode).toEqual(
          formatsInRodata(
            kernel,
            readOnlyData(kernel)!,
            formatsSought.map(({ word }) => word),
          ),
        );
      } finally {
        session.close();
      }
      expect(count).toBeGreaterThanOrEqual(4);
    });
  },
);
