/** Commands that no plugin makes; no plugin can have their names. */
export const ownCommands = ['analyze', 'explain', 'tui', 'info', 'read', 'rd', 'list', 'struct', 'sym', 'completion', 'man'] as const;
export type OwnCommand = (typeof ownCommands)[number];

/** Words that stand in the place of a command, and are answered elsewhere: by oclif's help, and before oclif is loaded. */
const otherWords = ['help', 'version'] as const;

export const reservedIds: ReadonlySet<string> = new Set([...ownCommands, ...otherWords]);
