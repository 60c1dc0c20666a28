/** Rows of numbers, by the million, without an object for each. */
export class NumberColumns {
  #columns: Float64Array<ArrayBuffer>[];
  #length = 0;

  constructor(columns: number) {
    this.#columns = Array.from({ length: columns }, () => new Float64Array(256));
  }

  get length(): number {
    return this.#length;
  }

  push(...row: readonly number[]): void {
    if (this.#length === this.#columns[0]!.length) this.#columns = this.#columns.map(grown);
    for (let i = 0; i < row.length; i++) this.#columns[i]![this.#length] = row[i]!;
    this.#length++;
  }

  /** A column's values so far, a view of them. */
  column(i: number): Float64Array {
    return this.#columns[i]!.subarray(0, this.#length);
  }
}

/** Half again as long, so that what is copied and what it is copied to stay within what millions of rows may take. */
function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length + (values.length >> 1));
  larger.set(values);
  return larger;
}
