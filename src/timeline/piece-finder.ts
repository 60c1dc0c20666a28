/** Codes of ASCII; no piece has another. */
const codes = 128;

/**
 * Looks for many short texts at once, in a single pass over a text of any length (Aho and Corasick): each character is
 * looked at once, whatever stands there.
 */
export class PieceFinder {
  /** For each state and class of characters the next state; 0 is the start. */
  readonly #next: Uint16Array;
  readonly #ends: Uint8Array;
  /** Class of a code; 0 is all that no piece has. */
  readonly #classes = new Uint8Array(codes);
  readonly #width: number;

  constructor(pieces: readonly string[]) {
    let width = 1;
    for (const piece of pieces) for (let i = 0; i < piece.length; i++) this.#classes[piece.charCodeAt(i)] ||= width++;
    this.#width = width;
    const most = 1 + pieces.reduce((sum, { length }) => sum + length, 0);
    const next = new Uint16Array(most * width);
    const ends = new Uint8Array(most);
    let states = 1;
    for (const piece of pieces) {
      let state = 0;
      for (let i = 0; i < piece.length; i++) {
        const at = state * width + this.#classes[piece.charCodeAt(i)]!;
        next[at] ||= states++;
        state = next[at]!;
      }
      ends[state] = 1;
    }
    this.#next = next;
    this.#ends = ends;
    this.#complete(states);
  }

  /** Where the first of them ends that stands wholly behind `from`; -1 where there is none before `to`. */
  find(text: string, from = 0, to = text.length): number {
    let state = 0;
    for (let i = from; i < to; i++) {
      const code = text.charCodeAt(i);
      state = this.#next[state * this.#width + (code < codes ? this.#classes[code]! : 0)]!;
      if (this.#ends[state] === 1) return i + 1;
    }
    return -1;
  }

  /** Where to go on with a character that a state’s piece does not have: by its longest end that begins another. */
  #complete(states: number): void {
    const fallback = new Uint16Array(states);
    const queue: number[] = [0];
    for (const state of queue)
      for (let kind = 1; kind < this.#width; kind++) {
        const at = state * this.#width + kind;
        const shorter = state === 0 ? 0 : this.#next[fallback[state]! * this.#width + kind]!;
        const to = this.#next[at]!;
        if (to === 0) this.#next[at] = shorter;
        else {
          fallback[to] = shorter;
          this.#ends[to] ||= this.#ends[shorter]!;
          queue.push(to);
        }
      }
  }
}
