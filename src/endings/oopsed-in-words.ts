import type { Kernel } from '../kernel/kernel.js';
import { accessTold, wildCallTold } from '../faults/access-in-words.js';
import { badPointerInWords } from '../faults/bad-pointer.js';
import { toldTask } from '../linux/sched/tasks.js';
import { codePlace, type CodePlace } from '../stack/code.js';
import { address, number, word } from '../words/known-facts.js';
import { sourceName } from '../words/source-name.js';
import { told, type KnownFact, type Told } from '../words/told.js';
import { withModule, withOffset } from '../words/code-name.js';
import { spacesOf, spacesOfPast } from './address-spaces.js';
import { bugSourceTold } from './bug-in-words.js';
import type { Ending } from './ending.js';
import { memberFact } from './exception-in-words.js';
import { oopsInTheLog } from './in-the-log.js';
import { oopsNumber } from './oops-number.js';
import { firstFaulted, firstOopsed } from './oopsed.js';

function firstPlace(kernel: Kernel): CodePlace | undefined {
  const first = firstOopsed(kernel);
  return first && codePlace(kernel, first.registers.ip);
}

/** "acme_depth+0x5 [acme]": where the first oops was; undefined where that is no code, or is not known. */
export function firstOopsPlace(kernel: Kernel): string | undefined {
  const place = firstPlace(kernel);
  return place && withModule(withOffset(sourceName(place.function), place.offset), place.module);
}

function placeTold(kernel: Kernel, role: string): KnownFact | undefined {
  const place = firstOopsPlace(kernel);
  return place === undefined ? undefined : word(role, place, 'ip of exec_summary_regs');
}

/** "insmod (148) died of oops #2 (the first was in acme_depth+0x5 [acme])" */
export function oopsedTold(kernel: Kernel, ending: Ending): Told {
  const { task } = ending.context;
  const who = task === undefined ? 'A task' : toldTask(kernel, task, 'task');
  return told`${who} died of ${whichOopsTold(kernel, ending)}`;
}

/** "oops #2 (the first was in acme_depth+0x5 [acme])" */
export function whichOopsTold(kernel: Kernel, ending: Ending): Told {
  const count = oopsNumber(kernel, ending);
  const which = count === undefined ? 'an oops' : told`oops #${number('oopses', count, 'die_counter')}`;
  const first = placeTold(kernel, 'first in');
  const where = first === undefined ? '' : count === 1 ? told`, in ${first}` : told` (the first was in ${first})`;
  return told`${which}${where}`;
}

/** "The first oops: acme_depth+0x5 [acme] read q->depth, 4 bytes at address 0x28 …", and where the last one was. */
export function oopsesTold(kernel: Kernel, ending: Ending): Told[] {
  const count = oopsNumber(kernel, ending);
  const what = whatTold(kernel, count !== 1);
  return [
    ...(what === undefined ? [] : [told`${count === 1 ? 'The oops' : 'The first oops'}: ${what}.`]),
    ...(count === undefined ? [] : oopsInTheLog(kernel, count)),
  ];
}

/** @param isPast the kernel went on after it: modules and mappings may have changed since */
function whatTold(kernel: Kernel, isPast: boolean): Told | undefined {
  const found = firstFaulted(kernel);
  if (found === undefined) return undefined;
  const { saved, noCode, access, member, bug } = found;
  const spaces = isPast ? spacesOfPast(kernel) : spacesOf(kernel);
  const { ip } = saved.registers;
  if (noCode) {
    const says = badPointerInWords(spaces, ip);
    return isPast && says === undefined ? goneTold(kernel, ip) : wildCallTold(says, ip, undefined);
  }
  const where = placeTold(kernel, 'in');
  if (where === undefined) return undefined;
  if (access !== undefined) return told`${where} ${accessTold(spaces, access, memberFact(member))}`;
  return bug && told`${where} ran into a BUG()${bugSourceTold(bug)}`;
}

/** "it was at 0xffffffffc0123000, where no code is now: …": a module may be gone since. */
function goneTold(kernel: Kernel, ip: bigint): Told {
  const says = badPointerInWords(spacesOf(kernel), ip);
  const is = says === undefined ? '' : told`: ${word('address is', says, 'its value')}`;
  return told`it was at ${address('address', ip, 'ip of exec_summary_regs')}, where no code is now${is}`;
}

/** Of the first of them, which may have brought on the others. */
export function oopsedProblem(kernel: Kernel): string | undefined {
  const place = firstPlace(kernel);
  return place && `an oops in ${withModule(sourceName(place.function), place.module)}`;
}
