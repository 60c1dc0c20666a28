/** Which plugin runs when: those of the report in its order, but first what the user looks at. */
export interface RunQueue<P> {
  start(): void;
  /**
   * Puts a plugin first, unless it has run or is running; with `again` also then. What is running is interrupted, and
   * begun anew behind it.
   */
  next(plugin: P, again: boolean): void;
}

/** How a plugin is run, and interrupted: then it may end with less than the whole, which `run` tells. */
export interface Running<P> {
  run: (plugin: P) => Promise<'whole' | 'interrupted'>;
  interrupt: () => void;
  /** Nothing waits any more; heard once for each time that all is done. */
  onIdle?: () => void;
}

export function runQueue<P extends { id: string }>(
  plugins: readonly P[],
  { run, interrupt, onIdle }: Running<P>,
): RunQueue<P> {
  let waiting = [...plugins];
  const begun = new Set<string>();
  let running: P | undefined;
  let isInterrupted = false;
  const without = (plugin: P): P[] => waiting.filter(({ id }) => id !== plugin.id);
  const go = async (): Promise<void> => {
    if (running !== undefined) return;
    for (let plugin = waiting.shift(); plugin !== undefined; plugin = waiting.shift()) {
      running = plugin;
      isInterrupted = false;
      begun.add(plugin.id);
      // It had come to its end before it noticed.
      if ((await run(plugin)) === 'whole') waiting = without(plugin);
    }
    running = undefined;
    onIdle?.();
  };
  return {
    start: () => void go(),
    next(plugin, again) {
      const isRunning = plugin.id === running?.id && !isInterrupted;
      const isWaiting = waiting.some(({ id }) => id === plugin.id);
      if (!again && (isRunning || (begun.has(plugin.id) && !isWaiting))) return;
      const rest = without(plugin);
      waiting = [plugin, ...rest];
      if (running !== undefined && !isInterrupted) {
        isInterrupted = true;
        if (!isRunning) waiting = [plugin, running, ...rest];
        interrupt();
      }
      void go();
    },
  };
}
