/** Commands that no plugin makes. */
export const ownCommands = ['analyze', 'explain', 'tui', 'completion', 'man'] as const;
export type OwnCommand = (typeof ownCommands)[number];

/** Other words for a plugin's command, which no help lists: crash's. */
export const aliases: Readonly<Record<string, string>> = { rd: 'read' };

/**
 * Words that stand in the place of a command, and are answered elsewhere: by oclif's help, and before oclif is loaded.
 */
const otherWords = ['help', 'version'] as const;

/** No plugin can have these for its id. */
export const reservedIds: ReadonlySet<string> = new Set([...ownCommands, ...Object.keys(aliases), ...otherWords]);
