/** What the exit status says: of the question that was asked, not of oompm's health. */
export const exitStatus = { answered: 0, bug: 1, input: 2, surroundings: 3, inPart: 4, interrupted: 130 } as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** For `--help` and the man page. */
export const exitStatusInWords: Readonly<Record<keyof typeof exitStatus, string>> = {
  answered: 'answered',
  bug: 'a bug of oompm',
  input: 'wrong input: a word, a flag or a file',
  surroundings: 'the machine it runs on: a full disk, an unwritable folder',
  inPart: "answered in part: the dump is cut off, or what was asked can't be told",
  interrupted: 'interrupted (Ctrl-C)',
};

/** The section of a help text. */
export function exitStatusHelp(): string {
  const lines = Object.entries(exitStatus)
    .toSorted(([, a], [, b]) => a - b)
    .map(([name, status]) => `  ${String(status).padEnd(4)} ${exitStatusInWords[name as keyof typeof exitStatus]}`);
  return `EXIT STATUS\n${lines.join('\n')}\n`;
}

/** What is worst stands: a bug outweighs an answer in part. */
export function endWith(status: ExitStatus): void {
  if (process.exitCode !== exitStatus.bug) process.exitCode = status;
}
