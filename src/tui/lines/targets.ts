import { isGap } from '../../plugin/make-views.js';
import type { Column, Row } from '../../words/views.js';
import { address } from '../../report/format-value.js';
import type { NamedTarget, Target } from './line.js';
import { shownText } from './shown-text.js';

/** A word of memory that points into the kernel's half. */
const kernelAddress = /^ffff[\da-f]{12}$/;

/** Everything in a row that can be opened: the object that it stands for first, then each address and pid in it. */
export function rowTargets(columns: readonly Column[], { cells, door }: Row): readonly NamedTarget[] {
  const targets: NamedTarget[] = [];
  if (door !== undefined)
    targets.push({ label: `${shownText(door.type)} ${address(door.address)}`, target: { kind: 'door', door } });
  for (const { key, title, type } of columns) {
    const cell = cells[key];
    const where = isGap(cell) ? cell.address : cell;
    if ((type === 'address' || isGap(cell)) && typeof where === 'bigint' && where !== 0n && where !== door?.address) {
      targets.push({
        label: `${shownText(title)} ${address(where)}`,
        target: { kind: 'question', text: address(where) },
      });
    } else if (type === 'text' && typeof cell === 'string' && kernelAddress.test(cell)) {
      targets.push({ label: `${shownText(title)} 0x${cell}`, target: { kind: 'question', text: `0x${cell}` } });
    } else if (type === 'pid' && typeof cell === 'number' && cell > 0) {
      targets.push({ label: `${shownText(title)} ${cell}`, target: { kind: 'question', text: `pid ${cell}` } });
    }
  }
  // The leader of a group has its pid twice.
  return targets.filter(
    ({ target }, at) =>
      target.kind !== 'question' || targets.findIndex((one) => asksTheSame(one.target, target)) === at,
  );
}

function asksTheSame(one: Target, { text }: Extract<Target, { kind: 'question' }>): boolean {
  return one.kind === 'question' && one.text === text;
}
