import { counted } from '../../../words/quantity.js';

/** A queued rwlock's counter, include/asm-generic/qrwlock.h; who waits queues on the spinlock behind it. */
export interface RwlockWord {
  readonly writer: boolean;
  readonly writerWaits: boolean;
  readonly readers: number;
}

const WRITER_LOCKED = 0xff;
const WRITER_WAITS = 0x100;
const READERS_SHIFT = 9;

/** @returns undefined for what no rwlock can say */
export function decodeRwlockWord(word: number): RwlockWord | undefined {
  const byte = word & 0xff;
  if (byte !== 0 && byte !== WRITER_LOCKED) return undefined;
  return { writer: byte === WRITER_LOCKED, writerWaits: (word & WRITER_WAITS) !== 0, readers: word >>> READERS_SHIFT };
}

/** "held by one reader, a writer waits" */
export function rwlockInWords({ writer, writerWaits, readers }: RwlockWord): string {
  const held = writer ? 'held for writing' : readers === 0 ? 'free' : `held by ${counted(readers, 'reader')}`;
  return `${held}${writerWaits ? ', a writer waits' : ''}`;
}
