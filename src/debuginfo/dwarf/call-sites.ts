import { addressOf } from './address-key.js';
import { AT, TAG } from './constants.js';
import type { Die } from './die.js';

const MAX_ENTRIES = 1_000_000;
const MAX_DEPTH = 128;

const SITES: ReadonlySet<number> = new Set([TAG.call_site, TAG.GNU_call_site]);
const PARAMETERS: ReadonlySet<number> = new Set([TAG.call_site_parameter, TAG.GNU_call_site_parameter]);

/** The call in a function after which an address stands: DW_TAG_call_site with that return address. */
export function callSiteBefore(subprogram: Die, returnAddress: bigint): Die | undefined {
  const pending = [subprogram.children()];
  for (let i = 0; i < MAX_ENTRIES; i++) {
    const next = pending.at(-1)?.next();
    if (next === undefined) return undefined;
    if (next.done === true) {
      pending.pop();
      continue;
    }
    const die = next.value;
    if (SITES.has(die.tag)) {
      const after = die.address(AT.call_return_pc) ?? die.address(AT.low_pc);
      if (after !== undefined && addressOf(after) === returnAddress) return die;
    } else if ((die.tag === TAG.lexical_block || die.tag === TAG.inlined_subroutine) && pending.length < MAX_DEPTH)
      pending.push(die.children());
  }
  return undefined;
}

/** The expression, to be evaluated in the caller, of what the call passes in the place that `location` names. */
export function passedValue(site: Die, location: Uint8Array): Uint8Array | undefined {
  for (const child of site.children()) {
    if (!PARAMETERS.has(child.tag)) continue;
    const place = child.block(AT.location);
    if (place !== undefined && Buffer.compare(place, location) === 0)
      return child.block(AT.call_value) ?? child.block(AT.GNU_call_site_value);
  }
  return undefined;
}

/** The name of the function that a call site calls; undefined for a call through a pointer. */
export function calleeName(site: Die): string | undefined {
  return (site.reference(AT.call_origin) ?? site.reference(AT.abstract_origin))?.name();
}
