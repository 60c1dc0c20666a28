import { readOrGap } from '../kernel/read-or.js';
import { uts } from '../linux/machine/uts.js';
import type { Session } from './open-kernel.js';

/** The name that the machine bore when it died; where its memory does not tell, the one in the dump's header. */
export function hostOf({ kernel, dump }: Pick<Session, 'kernel' | 'dump'>): string | undefined {
  const name = readOrGap('init_uts_ns', () => uts(kernel).nodename);
  return nameGiven(typeof name === 'string' ? name : dump.uname?.nodename);
}

/** UTS_NODENAME of a kernel that nobody has given a name yet. */
const UNNAMED = '(none)';

/** A host's name; undefined for what stands there where nobody gave one. */
export function nameGiven(name: string | undefined): string | undefined {
  return name === undefined || name === '' || name === UNNAMED ? undefined : name;
}
