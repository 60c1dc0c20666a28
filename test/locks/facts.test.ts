import { describe, expect, test } from 'vitest';
import { lockFindings } from 'oompm/locks';
import { stallFindings } from 'oompm/stalls';
import { openKernel } from 'oompm/testing';

import { dumpFile, unlessMissing } from '../dumps.js';
import { amissIn } from '../words/untold.js';

const dumps = ['lab-6.1-lock-zoo', '5.10-lockstuck', '6.1-lock-spin', '7.2-lock-abba', '5.10-lock-rwsem', 'wq-6.1'];

describe('every number in a sentence on locks and stalls is a fact with its unit and source', () => {
  test.each(dumps)('%s', async (name) => {
    const dump = dumpFile(`${name}/vmcore`);
    if (dump === undefined) return console.log(`skipped: ${unlessMissing(`${name}/vmcore`)}`);
    const kernel = await openKernel({ dump: [dump] });
    const found = [...lockFindings(kernel), ...stallFindings(kernel)];
    expect(found.length).toBeGreaterThan(0);
    for (const finding of found) {
      expect(amissIn(finding), `${finding.id}: ${finding.sentence}`).toEqual([]);
      expect(finding.subject?.name, finding.id).toMatch(/\w/);
    }
    kernel.close();
  });
});
