import { expect, test } from 'vitest';
import type { Ending } from '../../src/endings/ending.js';
import { outOfMemoryTold } from '../../src/endings/memory-in-words.js';

const told = (ending: Partial<Ending>, caller = 'out_of_memory'): string =>
  outOfMemoryTold({ kind: 'out of memory', culprit: { activations: [{ name: caller }] }, ...ending } as Ending).text;

test.each<[string, Partial<Ending>, string]>([
  ['the setting stopped it', { policy: 'panic_on_oom' }, 'Memory ran out'],
  ['nobody was left', { nobodyLeft: true }, 'Memory ran out, and no process was left that could be killed'],
  ['which of both can’t be read', {}, 'Memory ran out'],
])('%s', (_, ending, sentence) => expect(told(ending)).toBe(sentence));
