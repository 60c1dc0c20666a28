import type { Certainty } from '../certainty.js';

/** A conclusion, in the form of a plugin's finding. */
export interface Finding {
  readonly id: string;
  readonly weight: number;
  readonly certainty: Certainty;
  readonly moment: 'dump';
  readonly sentence: string;
  readonly evidence: readonly string[];
  /** Without numbers and addresses: goes into the problem's signature. */
  readonly about: string;
  /** Locks and tasks that it speaks of. */
  readonly doors: readonly { readonly type: string; readonly address: bigint }[];
}
