/** struct bug_entry, include/asm-generic/bug.h: where a BUG() or WARN() stands. */
export const bugEntry = {
  struct: 'bug_entry',
  optional: true,
  definedBy: 'report_bug',
  members: {
    bug_addr_disp: { type: 'int', optional: true }, // GENERIC_BUG_RELATIVE_POINTERS
    file_disp: { type: 'int', optional: true }, // DEBUG_BUGVERBOSE
    line: { type: 'unsigned short', optional: true },
    flags: 'unsigned short',
  },
} as const;
