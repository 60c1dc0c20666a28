import { describe, expect, test } from 'vitest';
import { count, exactly, kB, word } from '../../src/words/known-facts.js';
import { factsOf, told, toldList } from '../../src/words/told.js';

const usage = kB('memory.usage', 40960, 'memory: usage, in the log');

describe('a sentence made of facts', () => {
  test('tells each in words, and has it as it was read', () => {
    const said = told`${word('oom_memcg', '/job', 'oom_memcg')} used ${usage}${told`, ${count('failcnt', 1, 'time', 'failcnt')}`}.`;
    expect(said).toEqual({
      text: '/job used 40 MiB, 1 time.',
      facts: {
        oom_memcg: { value: '/job', source: 'oom_memcg' },
        'memory.usage': { value: 40960, unit: 'kB', source: 'memory: usage, in the log' },
        failcnt: { value: 1, unit: 'number', source: 'failcnt' },
      },
    });
  });

  test('a fact told twice is one; another value of its name is numbered, not lost', () => {
    const zones = toldList([
      usage,
      exactly(usage),
      kB('memory.usage', 4, 'a child'),
      kB('memory.usage', 5, 'another child'),
    ]);
    expect(zones.text).toBe('40 MiB, 40960 kB, 4 KiB and 5 KiB');
    expect(Object.entries(zones.facts).map(([name, { value }]) => [name, value])).toEqual([
      ['memory.usage', 40960],
      ['memory.usage 2', 4],
      ['memory.usage 3', 5],
    ]);
  });

  test('of sentence and evidence together', () => {
    expect(Object.keys(factsOf([told`${usage}`, 'plain', told`${kB('free', 1, 'x')}`]))).toEqual([
      'memory.usage',
      'free',
    ]);
  });
});
