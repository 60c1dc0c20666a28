/** What docs/long-suites.md has of a run by hand; a sample, whose count nobody set, tells nothing. */
export interface Figures {
  count(outcome: string, ms?: number): void;
  tell(): void;
}

export function figuresOf(name: string, countSetBy: string): Figures {
  const began = process.cpuUsage();
  const outcomes = new Map<string, number>();
  let slowestMs = 0;
  return {
    count(outcome, ms = 0) {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      slowestMs = Math.max(slowestMs, ms);
    },
    tell() {
      if (process.env[countSetBy] === undefined) return;
      const { user, system } = process.cpuUsage(began);
      const ends = [...outcomes].toSorted(([, a], [, b]) => b - a).map(([outcome, count]) => `${count} ${outcome}`);
      console.log(
        [
          `${name}: ${ends.join(', ')}`,
          ...(slowestMs === 0 ? [] : [`slowest ${Math.round(slowestMs)} ms`]),
          `${Math.round((user + system) / 1e6)} s of CPU`,
          `peak ${peakMib()} MiB`,
        ].join('; '),
      );
    },
  };
}

/** Of this process so far: a run that grew and shrank again grew all the same. */
export function peakMib(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
