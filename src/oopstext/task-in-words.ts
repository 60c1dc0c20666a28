import { number, word } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';
import type { OopsText } from './oops-text.js';

/** "init (1)": the name is a fact of its own, which can be hidden. */
export function taskTold({ comm, pid }: Pick<OopsText, 'comm' | 'pid'>): Told | undefined {
  if (comm === undefined) return undefined;
  const id = pid === undefined ? '' : told` (${number('task.pid', pid, 'the log', 'pid')})`;
  return told`${word('task.comm', comm, 'the log')}${id}`;
}
