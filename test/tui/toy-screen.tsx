import { render } from 'ink-testing-library';
import { Screen } from '../../src/tui/screen/screen.js';
import { ThemeContext, uncoloured } from '../../src/tui/screen/theme.js';
import type { State } from '../../src/tui/state/state.js';

/** A screen that stays, as in the terminal: frames follow one another. */
export function toyScreen(state: State): { frame(state: State): string; unmount(): void } {
  const at = (now: State) => (
    <ThemeContext value={uncoloured}>
      <Screen state={now} />
    </ThemeContext>
  );
  const app = render(at(state));
  return {
    frame(now) {
      app.rerender(at(now));
      return app.lastFrame() ?? '';
    },
    unmount: app.unmount,
  };
}

/** The lines of the frame that a state gives, as Ink lays them out: without colours, and without spaces at the end. */
export function frameOf(state: State): string[] {
  const app = render(
    <ThemeContext value={uncoloured}>
      <Screen state={state} />
    </ThemeContext>,
  );
  // What Ink writes for weight and inverse is not what is read here.
  // oxlint-disable-next-line no-control-regex -- escape sequences are what is taken away
  const text = (app.lastFrame() ?? '').replaceAll(/\u001b\[[\d;]*m/g, '');
  app.unmount();
  return text.split('\n').map((line) => line.trimEnd());
}
