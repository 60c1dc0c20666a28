import { render } from 'ink';
import { clearAtEnd } from '../bytes/temporary-file.js';
import { defaultCacheFolder, defaultDebuginfodCache } from '../debuginfo/cache-folders.js';
import { startClient, type Client } from './data/client.js';
import { exportPage } from './export.js';
import { frameWriter } from './frame-writer.js';
import { keyboard } from './keyboard.js';
import { layoutEngine } from './layout-engine.js';
import { App } from './screen/screen.js';
import { coloured, uncoloured } from './screen/theme.js';
import type { Effect } from './state/state.js';
import { actionsOf } from './state/keys.js';
import { firstState } from './state/update.js';
import { createStore, type Store } from './store.js';
import type { TuiRequest } from './request.js';
import type { Terminal } from './terminal.js';
import { defined } from '../words/defined.js';

/** How it ended: the exit code, and what is to be left on the terminal. */
export interface Ended {
  code: number;
  /** Command lines that `y` gave. */
  commands: readonly string[];
  /** Why the dump could not be opened. */
  refused?: string;
}

/** Joins workers, store and screen; ends when the user leaves. */
export async function runScreens(request: TuiRequest, terminal: Terminal): Promise<Ended> {
  const { output } = terminal;
  const writer = frameWriter(output);
  let client: Client | undefined;
  let leave: (code: number) => void = () => undefined;
  const left = new Promise<number>((resolve) => (leave = resolve));
  const store = createStore(
    firstState(request.words, { columns: output.columns, rows: output.rows }),
    (effect, inStore) => {
      perform(effect, inStore);
    },
  );

  const perform = (effect: Effect, { dispatch, state }: Store): void => {
    switch (effect.kind) {
      case 'run':
        return client?.run(effect.id, effect.again);
      case 'ask':
        return client?.ask(effect.request, effect.question);
      case 'complete':
        return client?.complete(effect.text);
      case 'copy':
        return terminal.copy(effect.text);
      case 'cancel':
        return effect.what === 'answer' ? client?.cancelAnswer() : client?.cancelRun();
      case 'export':
        void exportPage(state(), effect.page, effect.file, request.version).then(
          (text) => dispatch({ kind: 'message', text, bad: false }),
          (error: unknown) =>
            dispatch({ kind: 'message', text: error instanceof Error ? error.message : String(error), bad: true }),
        );
        return undefined;
      case 'suspend':
        return terminal.suspend(() => writer.redraw());
      case 'redraw':
        return writer.redraw();
      case 'quit':
        return leave(effect.code);
      default:
        return effect satisfies never;
    }
  };

  store.subscribe(() => {
    // A dump that can't be opened is one sentence, as everywhere.
    if (store.state().refused !== undefined) leave(2);
  });
  // Where the workers write, which are ended under whatever they do.
  for (const folder of [defaultCacheFolder(), defaultDebuginfodCache()]) clearAtEnd(folder);
  client = startClient({ words: request.words, flags: request.flags, bundled: request.bundled }, store.dispatch);
  output.on('resize', () => {
    store.dispatch({ kind: 'resize', columns: output.columns, rows: output.rows });
    writer.resized();
  });
  const keys = keyboard((strokes) => {
    // What a key means depends on those before it.
    for (const { input, key } of strokes)
      for (const action of actionsOf(store.state(), input, key)) store.dispatch(action);
  });
  terminal.input.setEncoding('utf8').on('data', keys.take);
  await layoutEngine;
  const app = render(<App store={store} theme={request.colour ? coloured : uncoloured} />, {
    stdin: terminal.input,
    stdout: writer.stream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  try {
    const code = await Promise.race([left, app.waitUntilExit().then(() => 0)]);
    const { commands, refused } = store.state();
    return { code, commands, ...defined({ refused }) };
  } finally {
    app.unmount();
    terminal.input.off('data', keys.take).pause();
    keys.stop();
    terminal.restore();
    await client.close();
  }
}
