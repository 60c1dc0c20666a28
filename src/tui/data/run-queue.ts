/** Which plugin runs when: those of the report in its order, but first what the user looks at. */
export interface RunQueue<P> {
  start(): void;
  /** Puts a plugin first, unless it has run or is running; with `again` also where it has run. */
  next(plugin: P, again: boolean): void;
}

export function runQueue<P extends { id: string }>(
  plugins: readonly P[],
  run: (plugin: P) => Promise<void>,
): RunQueue<P> {
  let waiting = [...plugins];
  const begun = new Set<string>();
  let running: string | undefined;
  const go = async (): Promise<void> => {
    if (running !== undefined) return;
    for (let plugin = waiting.shift(); plugin !== undefined; plugin = waiting.shift()) {
      running = plugin.id;
      begun.add(plugin.id);
      await run(plugin);
    }
    running = undefined;
  };
  return {
    start: () => void go(),
    next(plugin, again) {
      if (plugin.id === running || (begun.has(plugin.id) && !again)) return;
      waiting = [plugin, ...waiting.filter(({ id }) => id !== plugin.id)];
      void go();
    },
  };
}
