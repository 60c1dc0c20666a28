import type { FileReader } from '../../bytes/file-reader.js';
import type { BootImage } from '../architecture.js';

const SETUP_SECTS = 0x1f1;
const BOOT_FLAG = 0x1fe;
const HEADER_MAGIC = 0x202;
const VERSION = 0x206;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const HEADER_BYTES = 0x250;
const HDRS = 0x53726448;
/** What the kernel's build appends to a payload that does not say its own size (all but gzip): that size, 32 bits. */
const APPENDED_SIZE_BYTES = 4;
// payload_offset came with boot protocol 2.08 (Linux 2.6.26).
const FIRST_VERSION_WITH_PAYLOAD = 0x208;

/** Documentation/arch/x86/boot.rst. */
export function bootImage(file: FileReader): BootImage | undefined {
  const start = file.read(0, HEADER_BYTES);
  if (start.length < HEADER_BYTES) return undefined;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (view.getUint16(BOOT_FLAG, true) !== 0xaa55 || view.getUint32(HEADER_MAGIC, true) !== HDRS) return undefined;
  if (view.getUint16(VERSION, true) < FIRST_VERSION_WITH_PAYLOAD) return undefined;
  // 0 means 4, for boot loaders of old.
  const setupSectors = view.getUint8(SETUP_SECTS) || 4;
  return {
    name: 'bzImage',
    offset: (setupSectors + 1) * 512 + view.getUint32(PAYLOAD_OFFSET, true),
    length: view.getUint32(PAYLOAD_LENGTH, true),
    appended: APPENDED_SIZE_BYTES,
  };
}
