import type { CType } from '../debuginfo/type-source.js';
import { sizeOf } from '../debuginfo/type-walk.js';
import { Page } from '../dump/physical-memory.js';
import { isGapError } from '../kernel/gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { pageNumberOf, ReadError } from '../memory/address-space.js';
import { definePlugin } from '../plugin/define-plugin.js';
import { columns, fact, facts, gap, table, tree, type RowOf } from '../plugin/make-views.js';
import { readScalar } from '../inspect/read-scalar.js';
import { isPerCpuSymbol, symbolInWords } from '../inspect/symbol-at.js';
import type { View } from '../plugin/views.js';
import { objectColumns, objectTree } from '../plugin/object-tree.js';
import { addressForms, addressNamed } from '../inspect/address-named.js';
import { typeNamed } from '../inspect/type-named.js';

const bytesInRow = 16;
/** One screen of a large terminal many times over; more is a task for a plugin. */
const mostBytes = 1024 * 1024;

/** Addresses have 64 bits. */
const endOfMemory = 1n << 64n;

const wordColumns = columns([
  { key: 'address', title: 'ADDRESS', type: 'address' },
  { key: 'first', title: '+0', type: 'text' },
  { key: 'second', title: '+8', type: 'text' },
  { key: 'text', title: 'TEXT', type: 'text' },
]);

/** `read`, as crash's rd: memory at an address or symbol, as words or as an object. */
export const readPlugin = definePlugin({
  id: 'read',
  summary: 'Memory at an address or symbol, as words or as an object of a type',
  inReport: false,
  examples: ['vmcore jiffies_64', 'vmcore init_task --type task_struct', 'vmcore 0xffffffff82a12345 --length 256'],
  arguments: {
    where: { type: 'string', required: true, summary: addressForms },
  },
  flags: {
    type: { type: 'string', char: 't', summary: "show it as this struct, union, enum or typedef: 'zone', 'struct zone'" },
    length: { type: 'integer', char: 'n', min: 1, max: mostBytes, default: 64, summary: 'how many bytes, where no type is given' },
  },
  *run(kernel, { where, type, length }) {
    const address = addressNamed(kernel, where);
    if (type === undefined) {
      yield table(placeInWords(kernel, address), wordColumns, words(kernel, address, length), { id: 'words' });
      return;
    }
    yield objectAt(kernel, type, typeNamed(kernel, type), address);
  },
});

/** An object of a type with its members' values. @throws ReadError where nothing of it can be read */
export function objectAt(kernel: Kernel, type: string, found: CType, address: bigint): View {
  needSome(kernel, address, sizeOf(found) ?? 0);
  const title = `${type} at ${placeInWords(kernel, address)}`;
  if (found.kind === 'struct' || found.kind === 'union') return tree(title, objectColumns, objectTree(kernel, found, address), { id: 'object' });
  return facts(title, [fact('value', 'Value', 'text', readScalar(kernel, found, address).value)], { id: 'object' });
}

/** An object of which no byte can be read would be a screenful of "?". */
function needSome(kernel: Kernel, address: bigint, size: number): void {
  const last = pageNumberOf(address + BigInt(Math.max(size, 1) - 1));
  const first = pageNumberOf(address);
  const why = kernel.memory.page(first);
  if (why instanceof Page) return;
  for (let page = first + 1; page <= last; page++) {
    kernel.guard.step();
    if (kernel.memory.page(page) instanceof Page) return;
  }
  throw new ReadError(address, why);
}

/** A symbol's name, unless it is of a per-CPU variable: no CPU's is at that address, which is an offset at most. */
function placeInWords(kernel: Kernel, address: bigint): string {
  const symbol = isPerCpuSymbol(kernel, address) ? undefined : symbolInWords(kernel, address);
  return `0x${address.toString(16)}${symbol === undefined ? '' : ` <${symbol}>`}`;
}

function* words(kernel: Kernel, address: bigint, wanted: number): Generator<RowOf<'address' | 'first' | 'second' | 'text'>> {
  const length = Math.min(wanted, Number(endOfMemory - address));
  for (let done = 0; done < length; done += bytesInRow) {
    const at = address + BigInt(done);
    try {
      const bytes = kernel.memory.read(at, Math.min(bytesInRow, length - done));
      yield { cells: { address: at, first: word(bytes.subarray(0, 8)), second: word(bytes.subarray(8)), text: printable(bytes) } };
    } catch (error) {
      if (!isGapError(error)) throw error;
      const missing = gap('memory', error.message, at);
      kernel.gap('memory', error.message, at);
      yield { cells: { address: at, first: missing, second: missing, text: error.message } };
    }
  }
}

/** Little endian, as a number is read. */
function word(bytes: Uint8Array): string {
  return bytes.length === 0 ? '' : [...bytes].toReversed().map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function printable(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.').join('');
}
