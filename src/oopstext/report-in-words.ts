import { placeInWords } from '../timeline/event.js';
import { address, bytes, duration, word } from '../words/known-facts.js';
import { told, type Told } from '../words/told.js';
import type { OopsText } from './oops-text.js';
import { callerOfCheck } from './stack.js';
import { taskTold } from './task-in-words.js';
import { withModule } from '../words/code-name.js';

/** What watchdogs and checks found, which kills nothing by itself. @param where the code was, for a sentence's head */
export function reportTold(oops: OopsText, where: Told | string): Told {
  switch (oops.fault) {
    case 'warning':
      return warnedTold(oops, where);
    case 'soft lockup':
      return keptTold(oops, where, '');
    case 'hard lockup':
      return keptTold(oops, where, ' with interrupts off');
    case 'rcu stall': {
      const who = oops.place === undefined ? 'A CPU or a task' : where;
      return told`${who} kept RCU waiting (${word('stall', oops.what, 'the log')})`;
    }
    case 'hung task':
      return blockedTold(oops);
    default:
      return foundTold(oops, where);
  }
}

function warnedTold({ source, panic }: OopsText, where: Told | string): Told {
  const at = source === undefined ? '' : told` at ${word('source', source, 'the log')}`;
  const made = panic === undefined ? '' : ', and panic_on_warn or warn_limit made a panic of it';
  return told`${where} ran into a WARN()${at}${made}`;
}

/** "acme_hog+0x7 [acme] kept its CPU for 13 s": who is told with it. */
function keptTold({ seconds, place }: OopsText, where: Told | string, how: string): Told {
  const who = place === undefined ? 'A task' : where;
  if (seconds === undefined) return told`${who} kept its CPU${how} for too long`;
  const long = told` for ${duration('kept', seconds * 1e9, 'the log')}`;
  return told`${who} kept its CPU${how}${long}`;
}

/** "jbd2/vda1-8 (207) was blocked for more than 120 s in wait_on_bit+0x…" */
function blockedTold(oops: OopsText): Told {
  const { seconds, place, trace } = oops;
  const long = seconds === undefined ? '' : told` for more than ${duration('blocked', seconds * 1e9, 'the log')}`;
  const at = place ?? trace[0];
  const where = at === undefined ? '' : told` in ${word('in', withModule(at.function, at.module), 'the log')}`;
  return told`${taskTold(oops) ?? 'A task'} was blocked${long}${where}`;
}

/** KASAN tells of an access; other checks of what they found. */
function foundTold(oops: OopsText, where: Told | string): Told {
  const { access, address: at, size, what, place } = oops;
  const found = word('found', what, 'the log');
  if (place === undefined) {
    const caller = callerOfCheck(oops);
    const at = caller && told`In ${word('in', placeInWords(caller), 'the log')} the`;
    return told`${at ?? 'The'} kernel’s own checks found: ${found}`;
  }
  if (access === undefined) return told`${where} was caught by the kernel’s own checks: ${found}`;
  const wide = size === undefined ? '' : told` ${bytes('width', size, 'the log')} at`;
  const target = at === undefined ? '' : told` address ${address('address', at, 'the log')}`;
  return told`${where} ${access}${wide}${target}: ${found}`;
}
