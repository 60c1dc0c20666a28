import { expect, test } from 'vitest';
import { bundledPlugins } from '../../plugins/index.js';
import { ownCommands, reservedIds } from '../../src/app/command-ids.js';
import { elsewhere, hereThatIs } from '../../src/cli/other-tools.js';

test("another tool's word leads to commands that there are, and is none itself", () => {
  const known = new Set<string>([...ownCommands, ...bundledPlugins.map(({ id }) => id)]);
  for (const [word, commands] of Object.entries(elsewhere)) {
    expect({
      word,
      unknown: commands.filter((command) => !known.has(command)),
      isOurs: known.has(word) || reservedIds.has(word),
    }).toEqual({ word, unknown: [], isOurs: false });
  }
});

test.each([
  ['dmesg', '; here that is oompm log'],
  ['kmem', '; here that is oompm slab or oompm zones or oompm pages'],
  ['zone', ''],
  ['constructor', ''],
])('%s', (word, words) => {
  expect(hereThatIs(word)).toBe(words);
});
