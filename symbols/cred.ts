/** struct cred, include/linux/cred.h. */
export const cred = {
  struct: 'cred',
  definedBy: 'out_of_memory',
  members: { uid: 'unsigned int', euid: { type: 'unsigned int', optional: true } },
} as const;
