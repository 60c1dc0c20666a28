import { Box } from 'ink';
import { useSyncExternalStore, type ReactElement } from 'react';
import type { State } from '../state/state.js';
import type { Store } from '../store.js';
import { Body } from './body.js';
import { Footer } from './footer.js';
import { Header } from './header.js';
import { Chooser, Help } from './overlays.js';
import { ThemeContext, type Theme } from './theme.js';

/** The whole screen, of the state and nothing else. */
export function Screen({ state }: { state: State }): ReactElement {
  const { mode } = state;
  return (
    <Box flexDirection="column" width={state.size.columns}>
      <Header state={state} />
      {mode.kind === 'help' ? (
        <Help state={state} top={mode.top} />
      ) : mode.kind === 'choose' ? (
        <Chooser state={state} mode={mode} />
      ) : (
        <Body state={state} />
      )}
      <Footer state={state} />
    </Box>
  );
}

/** The screen joined to the store. */
export function App({ store, theme }: { store: Store; theme: Theme }): ReactElement {
  const state = useSyncExternalStore(store.subscribe, store.state);
  return (
    <ThemeContext value={theme}>
      <Screen state={state} />
    </ThemeContext>
  );
}
