import { columns, definePlugin, objectView, readOrGap, table, type Kernel, type RowOf } from 'oompm';
import { addressForms, addressNamed, placeInWords } from 'oompm/inspect';

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
export default definePlugin({
  id: 'read',
  summary: 'Memory at an address or symbol, as words or as an object of a type',
  inReport: false,
  examples: ['vmcore jiffies_64', 'vmcore init_task --type task_struct', 'vmcore 0xffffffff82a12345 --length 256'],
  arguments: {
    where: { type: 'string', required: true, summary: addressForms },
  },
  flags: {
    type: {
      type: 'string',
      char: 't',
      summary: "show it as this struct, union, enum or typedef: 'zone', 'struct zone'",
    },
    length: {
      type: 'integer',
      char: 'n',
      min: 1,
      max: mostBytes,
      default: 64,
      summary: 'how many bytes, where no type is given',
    },
  },
  *run(kernel, { where, type, length }) {
    const address = addressNamed(kernel, where);
    if (type === undefined) {
      yield table(placeInWords(kernel, address), wordColumns, words(kernel, address, length), { id: 'words' });
      return;
    }
    yield objectView(kernel, type, address);
  },
});

function* words(kernel: Kernel, address: bigint, wanted: number): Generator<RowOf<typeof wordColumns>> {
  const length = Math.min(wanted, Number(endOfMemory - address));
  const pageSize = BigInt(kernel.memory.pageSize);
  let lostPage: bigint | undefined;
  for (let done = 0; done < length; done += bytesInRow) {
    const at = address + BigInt(done);
    const found = readOrGap('memory', () => kernel.memory.read(at, Math.min(bytesInRow, length - done)));
    if ('gap' in found) {
      // A page is lost as a whole: one gap and one row tell of it. One that goes over its end says nothing of the next.
      const page = at / pageSize;
      if (page !== lostPage) kernel.gaps.record(found);
      lostPage = page;
      yield { cells: { address: at, first: found, second: found, text: found.reason } };
      const left = Number(pageSize - (at % pageSize)) - bytesInRow;
      done += Math.max(0, Math.floor(left / bytesInRow)) * bytesInRow;
      continue;
    }
    yield {
      cells: {
        address: at,
        first: word(found.subarray(0, 8)),
        second: word(found.subarray(8)),
        text: printable(found),
      },
    };
  }
}

/** Little endian, as a number is read. */
function word(bytes: Uint8Array): string {
  return bytes.length === 0
    ? ''
    : [...bytes]
        .toReversed()
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('');
}

function printable(bytes: Uint8Array): string {
  return [...bytes].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}
