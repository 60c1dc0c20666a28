import { InputError } from '../bytes/input-error.js';

/** Standard output or error leads into a file that must not be harmed. */
export class StreamIntoInput extends InputError {
  override name = 'StreamIntoInput';
  /** Where it can be said: undefined where both lead there. */
  constructor(
    message: string,
    readonly saidOn: NodeJS.WriteStream | undefined,
  ) {
    super(message);
  }
}
