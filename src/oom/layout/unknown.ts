/** What could not be read, or was not printed: the kernel would print a number. */
export const unknown = '?';
