/** rwbase_rt.readers, include/linux/rwbase_rt.h: the reader/writer locks of PREEMPT_RT. */
export interface RwbaseReaders {
  readonly writer: boolean;
  /** A writer has taken the bias away: no reader comes in any more, and it waits until those inside are out. */
  readonly writerWaits: boolean;
  readonly readers: number;
}

const READER_BIAS = 0x8000_0000;
const WRITER_BIAS = 0x4000_0000;

export function decodeRwbaseReaders(word: number): RwbaseReaders {
  const unsigned = word >>> 0;
  const writer = (unsigned & WRITER_BIAS) !== 0;
  return { writer, writerWaits: !writer && unsigned < READER_BIAS, readers: unsigned & (WRITER_BIAS - 1) };
}
