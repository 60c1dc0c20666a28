import { describe, expect, test } from 'vitest';

import { findings } from '../../src/plugin/make-views.js';
import { numbers, runOf, ToySession } from './toy-state.js';

describe('the prompt', () => {
  const candidate = (text: string) => ({ text, label: text, kind: 'symbol' });
  const typing = (text: string, ...candidates: readonly string[]): ToySession =>
    new ToySession({ numbers: [numbers] })
      .keys(`:${text}`)
      .act({ kind: 'completions', text, candidates: candidates.map(candidate), whole: true });
  const line = ({ state }: ToySession): string => (state.mode.kind === 'input' ? state.mode.text : state.mode.kind);

  test('asks with each letter how to go on; what comes for an older line is dropped', () => {
    const session = new ToySession({ numbers: [numbers] }).keys(':sl');
    expect(session.effects.slice(-3)).toEqual([
      { kind: 'complete', text: '' },
      { kind: 'complete', text: 's' },
      { kind: 'complete', text: 'sl' },
    ]);
    session.act({ kind: 'completions', text: 's', candidates: [candidate('swap')], whole: true });
    expect(session.state.mode).toMatchObject({ prompt: { candidates: [] } });
  });

  test('Tab fills in what all share, then goes through them and round; Shift-Tab back', () => {
    const session = typing('sl', 'slab_caches', 'slab_mutex');
    expect(line(session.keys('<tab>'))).toBe('slab_');
    session.act({
      kind: 'completions',
      text: 'slab_',
      candidates: ['slab_caches', 'slab_mutex'].map(candidate),
      whole: true,
    });
    expect(line(session.keys('<tab>'))).toBe('slab_caches');
    expect(line(session.keys('<tab>'))).toBe('slab_mutex');
    expect(line(session.keys('<tab>'))).toBe('slab_caches');
    expect(line(session.keys('<backtab>'))).toBe('slab_mutex');
    expect(line(session.keys('x'))).toBe('slab_mutexx');
  });

  test('Tab that comes before the names have come is kept for them', () => {
    const session = new ToySession({ numbers: [numbers] }).keys(':jif<tab>');
    session.act({ kind: 'completions', text: 'jif', candidates: [], whole: false });
    expect(line(session)).toBe('jif');
    session.act({ kind: 'completions', text: 'jif', candidates: [candidate('jiffies')], whole: true });
    expect(line(session)).toBe('jiffies');
  });

  test('a question that is not understood is told under the line, and makes no page', () => {
    const session = typing('kmemx').keys('<enter>');
    const { history } = session.state;
    session.act({
      kind: 'answered',
      request: 1,
      events: [{ kind: 'end', outcome: { kind: 'unavailable', reason: 'kmemx is no symbol' }, gaps: [] }],
    });
    expect(session.state.mode).toMatchObject({ kind: 'input', text: 'kmemx', prompt: { wrong: 'kmemx is no symbol' } });
    expect(session.state.history).toEqual(history);
    expect(session.keys('<backspace>').state.mode).not.toHaveProperty('prompt.wrong');
  });

  test('one that is understood opens its page with the first that comes', () => {
    const session = typing('jiffies').keys('<enter>');
    expect(session.page.source.kind).toBe('overview');
    session.act({
      kind: 'answered',
      request: 1,
      title: 'memory at jiffies',
      command: 'oompm read VMCORE jiffies',
      events: [],
    });
    expect([session.state.mode.kind, session.page.source]).toEqual([
      'browse',
      { kind: 'answer', request: 1, title: 'memory at jiffies', command: 'oompm read VMCORE jiffies', typed: true },
    ]);
    session.act({ kind: 'answered', request: 1, events: runOf(numbers) });
    expect(session.cursorLine).toMatch(/^ *0 /);
  });

  test('a screen that is asked for before there are any opens as the screen', () => {
    const session = new ToySession({ numbers: [numbers] });
    const { plugins } = session.state;
    session.state = { ...session.state, plugins: [] };
    session.keys(':numbers<enter>');
    expect(session.effects.at(-1)).toMatchObject({ kind: 'ask' });
    session.act({ kind: 'found', dump: session.state.dump!, plugins, warnings: [] });
    session.act({ kind: 'answered', request: 1, title: 'numbers', events: [] });
    expect([session.state.mode.kind, session.page.source]).toEqual(['browse', { kind: 'plugin', id: 'numbers' }]);
  });

  test(':q leaves and :help shows the keys, as in vim and less; a screen of that name comes first', () => {
    expect(typing('q').keys('<enter>').effects.at(-1)).toEqual({ kind: 'quit', code: 0 });
    expect(typing('help').keys('<enter>').state.mode.kind).toBe('help');
    expect(typing('quit_me').keys('<enter>').effects.at(-1)).toMatchObject({ kind: 'ask' });
    const own = new ToySession({ help: [numbers] }).keys(':help<enter>');
    expect(own.page.source).toEqual({ kind: 'plugin', id: 'help' });
  });

  test('what stands above the prompt stays as it was, and is so when it is gone', () => {
    const many = Array.from({ length: 3 }, (_, n) => ({
      id: `f${n}`,
      sentence: `Finding ${n} ${'has many words '.repeat(9)}`,
      certainty: 'certain' as const,
      moment: 'dump' as const,
      weight: 50,
      evidence: [],
    }));
    const session = new ToySession({ found: [findings('Found', many)] }).keys('1');
    const before = session.lines;
    expect(session.keys(':').lines).toEqual(before);
    expect(session.keys('x').lines).toEqual(before);
    session.keys('<backspace>');
    expect(session.keys('<enter>').lines).toEqual(before);
  });

  test('Esc stops what was asked, and what still comes of it opens nothing', () => {
    const session = typing('pages').keys('<enter><esc>');
    expect(session.effects.at(-1)).toEqual({ kind: 'cancel', what: 'answer' });
    session.act({ kind: 'answered', request: 1, title: 'pages', events: runOf(numbers) });
    expect(session.page.source.kind).toBe('overview');
  });
});
