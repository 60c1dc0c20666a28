/**
 * A user's mistake or a file that can't serve: one sentence that says what was being done, to what, what was wrong,
 * and what to try. The command line prints it and exits with 2.
 */
export class InputError extends Error {
  override name = 'InputError';
}
