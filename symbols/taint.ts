/** What each letter of a taint stands for, in the words of Documentation/admin-guide/tainted-kernels.rst. */
export const taintNames: Readonly<Record<string, string>> = {
  P: 'PROPRIETARY_MODULE',
  F: 'FORCED_MODULE',
  S: 'CPU_OUT_OF_SPEC',
  R: 'FORCED_RMMOD',
  M: 'MACHINE_CHECK',
  B: 'BAD_PAGE',
  U: 'USER',
  D: 'DIE',
  A: 'OVERRIDDEN_ACPI_TABLE',
  W: 'WARN',
  C: 'CRAP',
  I: 'FIRMWARE_WORKAROUND',
  O: 'OOT_MODULE',
  E: 'UNSIGNED_MODULE',
  L: 'SOFTLOCKUP',
  K: 'LIVEPATCH',
  X: 'AUX',
  T: 'RANDSTRUCT',
  N: 'TEST',
  J: 'FWCTL',
};

/** The letters by bit, for kernels whose own table can't be read; include/linux/panic.h, bits 0 to 19. */
export const taintLetters = 'PFSRMBUDAWCIOELKXTNJ';
