import { describe, expect, test } from 'vitest';

import bt from '../../plugins/bt/index.js';
import log from '../../plugins/log/index.js';
import ps from '../../plugins/ps/index.js';
import zones from '../../plugins/zones/index.js';
import { InputError } from '../../src/bytes/input-error.js';
import { parsePluginWords } from '../../src/app/plugin-values.js';

describe('words at the prompt are read as those of the command line', () => {
  test('values, letters in one word, and what was not given', async () => {
    expect(await parsePluginWords(log, ['--tail', '20', '--level=err'])).toMatchObject({ tail: 20, level: 'err', grep: undefined });
    expect(await parsePluginWords(ps, ['-tT', 'java', '52'])).toMatchObject({ tree: true, threads: true, user: false, task: ['java', '52'] });
  });

  test.each([
    [log, ['--tail', '0'], /^log: --tail takes a whole number, 1 or more, not 0$/],
    [log, ['--tail', 'x'], /^log: --tail takes a whole number, not x$/],
    [log, ['--level', 'loud'], /--level=loud to be one of/],
    [log, ['--tail'], /--tail expects a value/],
    [zones, ['--counters=no'], /^zones: --counters takes no value; leave out =no$/],
    [bt, ['-aZ'], /bt.*-Z|bt.*-aZ/],
    [ps, ['--tre'], /--tre/],
    [log, ['some', 'words'], /log does not know what to do with some/],
  ] as const)('%#: what is wrong is one sentence', async (plugin, words, wanted) => {
    const wrong = await parsePluginWords(plugin, words).then(() => undefined, (error: unknown) => error);
    expect(wrong).toBeInstanceOf(InputError);
    expect((wrong as InputError).message).toMatch(wanted);
    expect((wrong as InputError).message).not.toMatch(/\n|See more help/);
  });
});
