import { dumpsDir } from './dumps.js';

/** Unpacks the dumps once, before the test files start at the same time. */
export default function unpackDumps(): void {
  console.log(`real dumps: ${dumpsDir()}`);
}
