import type { Action } from './state/actions.js';
import type { Effect, State } from './state/state.js';
import { update } from './state/update.js';

/** Holds the state; `onEffect` does what the reducer asks for. */
export interface Store {
  readonly state: () => State;
  readonly dispatch: (action: Action) => void;
  /** @returns what ends the subscription */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createStore(first: State, onEffect: (effect: Effect, store: Store) => void): Store {
  let state = first;
  const listeners = new Set<() => void>();
  const store: Store = {
    state: () => state,
    dispatch(action) {
      const next = update(state, action);
      if (next.state !== state) {
        state = next.state;
        for (const listener of listeners) listener();
      }
      for (const effect of next.effects) onEffect(effect, store);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return store;
}
