import { isCheck } from '../faults/checks.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Activation } from '../locks/contexts.js';
import { placeTold } from '../locks/findings/waits-in-words.js';
import { told, type Told } from '../words/told.js';
import { taintInWords } from './taint-in-words.js';

/** Whose doing it was: the caller of a function that only checks what it was given. */
export function blamedFor(activations: readonly Activation[]): Activation | undefined {
  // Of a call to what is no code the caller is the first that has a name.
  return activations.find(({ name }) => name !== '' && !isCheck(name)) ?? activations[0];
}

/** ", called by acme_init+0x2b5 [acme] (out of tree, unsigned),"; '' of what is no check. */
export function blamedTold(kernel: Kernel, activations: readonly Activation[]): string | Told {
  const [first] = activations;
  const blamed = blamedFor(activations);
  if (first === undefined || blamed === undefined || blamed === first || !isCheck(first.name)) return '';
  return told`, called by ${placeTold(blamed, 'called by')}${taintInWords(kernel, blamed)},`;
}
