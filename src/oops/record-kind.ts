/** What a record is of: an exception with its header and end mark, a WARN(), a stuck CPU, or panic()'s own stack. */
export type RecordKind = 'exception' | 'warning' | 'soft lockup' | 'panic';
