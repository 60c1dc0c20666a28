import { sameLine } from '../lines/page-lines.js';
import { linesOf, unitsOf } from './page-blocks.js';
import { bodyRows, settle } from './move.js';
import type { Action } from './actions.js';
import { pageOf, type State } from './state.js';
import { nothingYet, yieldedAfter } from './yielded.js';
import { defined } from '../../words/defined.js';

type Arrival = Extract<
  Action,
  { kind: 'found' | 'defects' | 'refused' | 'yielded' | 'restarted' | 'answered' | 'resize' }
>;

/** What comes from outside: the line that is looked at stays where it is on the screen. */
export function arrive(state: State, action: Arrival): State {
  const page = pageOf(state);
  const before = linesOf(state, page);
  const changed = withArrival(state, action);
  const now = pageOf(changed);
  const after = linesOf(changed, now);
  if (after === before && changed.size === state.size) return changed;
  const cursor = page.fresh ? 0 : sameLine(before, page.cursor, after);
  const top = page.fresh ? 0 : Math.max(0, cursor - (page.cursor - page.top));
  const kept = settle(
    cursor === now.cursor && top === now.top ? now : { ...now, cursor, top },
    after,
    bodyRows(changed),
  );
  return kept === now ? changed : { ...changed, history: changed.history.with(changed.at, kept) };
}

function withArrival(state: State, action: Arrival): State {
  switch (action.kind) {
    case 'resize':
      return { ...state, size: { columns: action.columns, rows: action.rows } };
    case 'found': {
      const warning = action.warnings[0];
      return {
        ...state,
        dump: action.dump,
        plugins: action.plugins,
        ...(warning === undefined ? {} : { message: { text: warning, bad: true } }),
      };
    }
    case 'defects':
      return state.dump === undefined || isSame(state.dump.defects, action.defects)
        ? state
        : { ...state, dump: { ...state.dump, defects: action.defects } };
    case 'refused':
      return { ...state, refused: action.reason };
    case 'yielded': {
      const section = yieldedAfter(state.sections[action.id] ?? nothingYet, action.id, action.events, unitsOf(state));
      return { ...state, sections: { ...state.sections, [action.id]: section } };
    }
    case 'restarted':
      return { ...state, sections: { ...state.sections, [action.id]: { ...nothingYet, status: 'running' } } };
    case 'answered': {
      // Its page has been closed: what still comes in is for nobody.
      if (state.answers[action.request] === undefined) return state;
      const answer = yieldedAfter(
        state.answers[action.request] ?? nothingYet,
        `answer ${action.request}`,
        action.events,
        unitsOf(state),
      );
      const history =
        action.title === undefined
          ? state.history
          : state.history.map((page) => {
              if (page.source.kind !== 'answer' || page.source.request !== action.request) return page;
              return {
                ...page,
                source: {
                  ...page.source,
                  title: action.title!,
                  ...defined({ command: action.command }),
                },
              };
            });
      return { ...state, history, answers: { ...state.answers, [action.request]: answer } };
    }
    default:
      return action satisfies never;
  }
}

function isSame(before: readonly string[], now: readonly string[]): boolean {
  return before.length === now.length && before.every((sentence, at) => sentence === now[at]);
}
