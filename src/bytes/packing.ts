/** How a file is packed, told by its first bytes. */
export type Packing = 'gzip' | 'xz' | 'zstd' | 'bzip2' | 'lzma' | 'lz4' | 'lzo';

const magics: readonly [Packing, readonly number[]][] = [
  ['gzip', [0x1f, 0x8b, 8]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  // The legacy frame, which the kernel's build makes (lz4 -l).
  ['lz4', [0x02, 0x21, 0x4c, 0x18]],
  // The frame that lz4 makes without being told.
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lzo', [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a]],
  // No magic of its own: the properties that every encoder uses, and a dictionary size of a round number.
  ['lzma', [0x5d, 0x00, 0x00]],
];

export function packingOf(start: Uint8Array): Packing | undefined {
  return magics.find(([, magic]) => magic.every((byte, i) => start[i] === byte))?.[0];
}

const unpackers: Readonly<Record<Packing, { ending: string; command: string; toOutput: string }>> = {
  gzip: { ending: '.gz', command: 'gunzip -k', toOutput: 'zcat' },
  xz: { ending: '.xz', command: 'unxz -k', toOutput: 'xzcat' },
  zstd: { ending: '.zst', command: 'unzstd', toOutput: 'zstdcat' },
  bzip2: { ending: '.bz2', command: 'bunzip2 -k', toOutput: 'bzcat' },
  lzma: { ending: '.lzma', command: 'unlzma -k', toOutput: 'lzcat' },
  lz4: { ending: '.lz4', command: 'unlz4', toOutput: 'lz4cat' },
  lzo: { ending: '.lzo', command: 'lzop -d', toOutput: 'lzop -dc' },
};

/** The command that writes what is in a file to standard output. */
export function unpackedToOutput(path: string, packing: Packing): string {
  return `${unpackers[packing].toOutput} ${path}`;
}

/**
 * "is packed (gzip): unpack it first: gunzip -k vmcore.gz"; the programs go by the ending, so without it they are given
 * the file on standard input.
 */
export function packedInWords(path: string, packing: Packing): string {
  const { ending, command } = unpackers[packing];
  const filter = packing === 'lzo' ? command : command.split(' ')[0];
  const unpack = path.endsWith(ending) ? `${command} ${path}` : `${filter} < ${path} > NEW`;
  return `is packed (${packing}): unpack it first: ${unpack}`;
}
