import type { FileReader } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import { packedInWords, packingOf } from '../bytes/packing.js';

/** Files that people take for a vmcore, by how they begin; the words go on after "it is". */
const lookalikes: readonly (readonly [start: string, words: string])[] = [
  ['DISKDUMP', 'a diskdump from before kdump, which oompm does not read'],
  ['EMiL', 'a LiME image, which oompm does not read'],
  ['PAGEDU64', 'a Windows crash dump'],
  ['QEVM', "a QEMU migration stream; make a dump with QEMU's dump-guest-memory"],
  ['LibvirtQemudSave', 'a saved libvirt machine; make a dump with virsh dump --memory-only'],
];

const dumpStarts = ['KDUMP   ', 'makedumpfile\0', '\x7fELF'];
const SHOWN_BYTES = 16;

/** @throws InputError unless the file begins with `magic` */
export function refuseUnknownFile(file: FileReader, path: string, magic: string): void {
  if (file.size === 0) throw new InputError(`${path} is not a vmcore: it is empty.`);
  const start = Buffer.from(file.read(0, SHOWN_BYTES)).toString('latin1');
  if (start.startsWith(magic)) return;
  if (file.size < SHOWN_BYTES && dumpStarts.some((whole) => whole.startsWith(start)))
    throw new InputError(`${path} is cut off within its first bytes: it has ${file.size}; copy the dump again.`);
  const packing = packingOf(Buffer.from(start, 'latin1'));
  if (packing !== undefined) throw new InputError(`${path} ${packedInWords(path, packing)}`);
  for (const [lookalike, words] of lookalikes) {
    if (start.startsWith(lookalike)) throw new InputError(`${path} is not a vmcore: it is ${words}.`);
  }
  const expected = 'an ELF core file, "KDUMP   " or "makedumpfile"';
  const ifLog = isText(start) ? '. If it is a log: oompm explain' : '';
  throw new InputError(`${path} is not a vmcore: it begins with ${shown(start)}; expected ${expected}${ifLog}.`);
}

/** Text as text, anything else in hexadecimal: bytes of a foreign file never reach a terminal as they are. */
function shown(start: string): string {
  return isText(start)
    ? JSON.stringify(start)
    : Buffer.from(start, 'latin1')
        .toString('hex')
        .replaceAll(/(..)(?!$)/g, '$1 ');
}

function isText(start: string): boolean {
  return /^[\x20-\x7e\t\r\n]+$/.test(start);
}
