import type { Door } from '../words/finding.js';
import type { RefBase } from './shape.js';

/** What Enter on an object's row opens: the object itself. */
export function doorTo({ $struct, $address }: RefBase): Door {
  return { type: `struct ${$struct}`, address: $address };
}
