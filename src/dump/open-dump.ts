import { architectureNamed, architectures, architecturesInWords } from '../arch/architectures.js';
import type { Architecture } from '../arch/architecture.js';
import { changeInWords, refusedAsChanged } from '../bytes/changed-file.js';
import { readyZstd } from '../bytes/codecs/zstd.js';
import {
  ET_CORE,
  ET_DYN,
  ET_EXEC,
  ET_REL,
  PT_NOTE,
  checkProgramHeaders,
  elfNotes,
  isElf,
  programHeaders,
  readElfHeader,
} from '../bytes/elf.js';
import { openFile } from '../bytes/file-reader.js';
import type { FileReader, OpenFile } from '../bytes/file-reader.js';
import { InputError } from '../bytes/input-error.js';
import { keptOf } from '../bytes/kept-of-files.js';
import { completenessOf, cutFile, cutOffInWords, refusedAsCutOff } from './completeness.js';
import type { CutFile, StatedEnd } from './completeness.js';
import type { Dump } from './dump.js';
import { elfMemory } from './elf-memory.js';
import { isFlattened, openFlattened } from './flattened.js';
import type { StreamEnd } from './flattened.js';
import { kdumpEnd } from './kdump-end.js';
import type { KdumpEnd } from './kdump-end.js';
import {
  DH_COMPRESSED_INCOMPLETE,
  DH_COMPRESSED_LZO,
  DH_COMPRESSED_SNAPPY,
  DH_COMPRESSED_ZLIB,
  DH_COMPRESSED_ZSTD,
  KDUMP_MAGIC,
  isNewerVersion,
  readKdumpHeader,
} from './kdump-header.js';
import type { FileRange, KdumpHeader } from './kdump-header.js';
import { notingDamage } from './damaged-pages.js';
import { kdumpMemory } from './kdump-memory.js';
import type { KdumpPart } from './kdump-memory.js';
import { MAX_NOTES_BYTES, addVmcoreinfo, latin1, readNotes } from './note-reader.js';
import type { Notes } from './note-reader.js';
import { cachePages } from './page-cache.js';
import { processCore, processCoreInWords } from './process-core.js';
import { mayBeOfOneCrash } from './same-crash.js';
import { refuseUnknownFile } from './unknown-file.js';
import { counted, numbered } from '../words/quantity.js';
import { defined } from '../words/defined.js';

export interface OpenDumpOptions {
  /** Bound of the page cache, shared by all readers; 64 MiB if not given. */
  cacheBytes?: number;
  /**
   * Called before each page that is read from the file, and in long scans of its tables; what it throws ends the read.
   */
  onPageRead?: () => void;
}

/**
 * Opens a vmcore, told by its content: ELF, kdump-compressed, either of them flattened. Several paths are the parts of
 * one split dump (makedumpfile --split), in any order. Reading is synchronous from then on.
 * @throws InputError where a file is no dump, can't be read, is of another architecture, or has no whole header
 */
export async function openDump(path: string | readonly string[], options: OpenDumpOptions = {}): Promise<Dump> {
  const files: OpenFile[] = [];
  try {
    for (const one of typeof path === 'string' ? [path] : path) files.push(openFile(one));
    return await openDumpFiles(files, options);
  } catch (error) {
    for (const file of files) file.close();
    throw refusedAsChanged(changesOf(files), error);
  }
}

/** `openDump` over files that are open already, or that are in memory; closing the dump closes them. */
export async function openDumpFiles(files: readonly OpenFile[], options: OpenDumpOptions = {}): Promise<Dump> {
  const layers = files.map((file) => unflattened(file, options));
  const [first] = layers;
  if (first === undefined) throw new InputError('No dump was given.');
  const kept = keptOf(files.map(({ identity }) => identity));
  const shared = {
    kept,
    changes: () => changesOf(files),
    close() {
      kept.close();
      for (const file of files) file.close();
    },
  };
  if (!isElf(first.reader.read(0, 8))) return { ...(await openKdump(layers, options)), ...shared };
  if (layers.length > 1) throw new InputError(`${first.path} is an ELF dump, which has no parts; give one file.`);
  return { ...openElf(first, options), ...shared };
}

function changesOf(files: readonly OpenFile[]): string[] {
  return files.flatMap((file) => {
    const change = file.change?.();
    return change === undefined ? [] : [changeInWords(files.length === 1 ? 'The file' : file.path, change)];
  });
}

/** A file as its dump format is in it: the flattening taken off. */
interface Layer {
  path: string;
  reader: FileReader;
  /** How a flattened file ends. */
  streamEnd?: StreamEnd;
  /** The flattened file is cut off: what is in it is not cut off by itself, as far as can be told. */
  cut?: CutFile;
}

function unflattened(file: OpenFile, options: OpenDumpOptions): Layer {
  if (!isFlattened(file.read(0, 16))) return { path: file.path, reader: file };
  const reader = openFlattened(file, file.path, options.onPageRead);
  const { streamEnd } = reader;
  const cut = streamEnd.kind === 'cut off' ? cutFile(file.path, file.size, streamEnd.stated) : undefined;
  return { path: file.path, reader, streamEnd, ...defined({ cut }) };
}

/** The file where it is cut off: a flattened one by its records, any other by the tables of what is in it. */
function cutLayer({ path, reader, streamEnd, cut }: Layer, stated: StatedEnd): CutFile[] {
  if (streamEnd !== undefined && streamEnd.kind !== 'end mark') return cut === undefined ? [] : [cut];
  return [cutFile(path, reader.size, stated) ?? []].flat();
}

function brokenStream({ path, streamEnd }: Layer, parts = 1): string[] {
  if (streamEnd?.kind !== 'broken') return [];
  return [
    `${parts === 1 ? 'The file' : path} is damaged at byte ${streamEnd.at}: ` +
      "no record of the flattened format stands there, and the rest can't be read; copy it again.",
  ];
}

/**
 * The header of a stream may be what is missing, since makedumpfile writes it last: then `error` is not to the point.
 */
function refusedStream(layer: Layer, error: InputError): InputError {
  const [broken] = brokenStream(layer, 0);
  if (broken !== undefined) return new InputError(broken, { cause: error });
  return layer.cut === undefined ? error : refusedAsCutOff(completenessOf([layer.cut]), error);
}

function openElf(layer: Layer, options: OpenDumpOptions): Omit<Dump, 'close'> {
  const { path, reader, streamEnd } = layer;
  const header = readElfHeader(reader);
  if (header === undefined)
    throw new InputError(`${path} is cut off within its ELF header: it has ${reader.size} bytes; copy the dump again.`);
  if (header.type !== ET_CORE) {
    const kind = {
      [ET_REL]: 'an object file or kernel module',
      [ET_EXEC]: 'an executable, such as a vmlinux',
      [ET_DYN]: 'an executable or a library',
    }[header.type];
    throw new InputError(
      `${path} is not a vmcore: it is an ELF file, but ${kind ?? `of type ${header.type}`}; give the dump, and a vmlinux beside it.`,
    );
  }
  const architecture = architectureNamed(header.architecture);
  if (architecture === undefined)
    throw new InputError(
      `${path} is a dump for ${header.architecture}; oompm reads dumps of ${architecturesInWords()}.`,
    );

  checkProgramHeaders(header, path);
  const { bytes: bytesOfNotes, stated } = noteBytes(reader, header);
  const process = processCore(elfNotes(bytesOfNotes, header.littleEndian));
  if (process !== undefined) throw new InputError(`${path} is ${processCoreInWords(process)}.`);
  const notes = readNotes(bytesOfNotes, architecture.notes, stated);
  const pageSize = statedPageSize(notes, architecture) ?? architecture.pageSizes[0];
  const memory = elfMemory(reader, header, pageSize);
  const ends = elfEnds(header, memory.end);
  const statedEnd = { bytes: Math.max(...Object.values(ends).filter(isPlausible)), exact: ends.table <= reader.size };
  const completeness = completenessOf(cutLayer(layer, statedEnd));
  const defects = [...cutOffInWords(completeness, 1), ...brokenStream(layer)];
  if ((header.flags & 1) !== 0)
    defects.push('makedumpfile marked the file as incomplete: it could not write all pages.');
  if (!Object.values(ends).every(isPlausible))
    defects.push('Its ELF header is damaged: it puts a table of headers where no file reaches.');
  if (header.programHeaders.count === 0)
    defects.push('The file has no table of segments: it says of no memory where it stands.');
  if (memory.damaged > 0)
    defects.push(
      `${counted(memory.damaged, 'segment')} ${numbered(memory.damaged, 'lies', 'lie')} where no machine has memory: the table of segments is damaged.`,
    );
  return {
    path,
    format: 'elf',
    formatName: `ELF${streamEnd === undefined ? '' : ', flattened'}`,
    architecture: header.architecture,
    memory: {
      pageSize,
      page: cachePages(memory.load, pageSize, options.cacheBytes, options.onPageRead),
      ranges: memory.ranges,
      stored: memory.stored,
    },
    completeness,
    ...fromNotes(notes, defects),
  };
}

/** Where kernels of an architecture differ in the size of their pages, VMCOREINFO says it. */
function statedPageSize({ vmcoreinfo = '' }: Notes, { pageSizes }: Architecture): number | undefined {
  const stated = Number(/^PAGESIZE=(\d+)$/m.exec(vmcoreinfo)?.[1]);
  return pageSizes.find((size) => size === stated);
}

/** Where an ELF file's table of segments ends, the last of these, and its table of sections. */
function elfEnds(
  { programHeaders: table, sectionHeaders: sections, bits }: NonNullable<ReturnType<typeof readElfHeader>>,
  segmentsEnd: number,
): { table: number; segments: number; sections: number } {
  const hasSections = sections.offset > 0 && sections.entrySize === (bits === 64 ? 64 : 40);
  return {
    table: table.offset + table.count * table.entrySize,
    segments: segmentsEnd,
    sections: hasSections ? sections.offset + Math.max(1, sections.count) * sections.entrySize : 0,
  };
}

/** The largest files of any file system have some exbibytes; of a dump, what 52 bits of addresses can reach. */
function isPlausible(end: number): boolean {
  return end <= 2 ** 52;
}

function noteBytes(
  reader: FileReader,
  header: NonNullable<ReturnType<typeof readElfHeader>>,
): { bytes: Uint8Array; stated: number } {
  for (const segment of programHeaders(reader, header)) {
    if (segment.type !== PT_NOTE) continue;
    const stated = Math.min(segment.fileSize, MAX_NOTES_BYTES);
    return { bytes: reader.read(segment.offset, stated), stated };
  }
  return { bytes: new Uint8Array(0), stated: 0 };
}

/** A part, and the file that it came from. */
interface LayeredPart extends KdumpPart {
  layer: Layer;
}

async function openKdump(layers: readonly Layer[], options: OpenDumpOptions): Promise<Omit<Dump, 'close'>> {
  const parts = layers
    .map((layer): LayeredPart => {
      const { path, reader } = layer;
      try {
        refuseUnknownFile(reader, path, KDUMP_MAGIC);
        return { path, file: reader, header: readKdumpHeader(reader, path), layer };
      } catch (error) {
        throw error instanceof InputError ? refusedStream(layer, error) : error;
      }
    })
    .toSorted((a, b) => a.header.startPfn - b.header.startPfn);
  const missingParts = partDefects(parts);
  const { path, header } = parts[0]!;

  const zstd = parts.some((part) => part.header.status & DH_COMPRESSED_ZSTD) ? await readyZstd() : undefined;
  const { load, ranges, stored, descriptors } = kdumpMemory(parts, zstd, options.onPageRead);
  const damaged = notingDamage(load, header.blockSize);
  const notes = kdumpNotes(parts);
  if (
    notes.prstatusBytes !== undefined &&
    notes.registers.length === 0 &&
    !notes.damaged &&
    header.uname.machine === ''
  ) {
    throw new InputError(
      `${path} is a dump of another architecture than ${architecturesInWords()} ` +
        `(its register notes have ${notes.prstatusBytes} bytes), which oompm does not read.`,
    );
  }
  const counts = descriptors();
  const ends = parts.map((part, i) => kdumpEnd(part.file, part.header, counts[i], options.onPageRead));
  const completeness = completenessOf(parts.flatMap(({ layer }, i) => cutLayer(layer, ends[i]!)));
  const defects = [
    ...cutOffInWords(completeness, parts.length),
    ...parts.flatMap(({ layer }) => brokenStream(layer, parts.length)),
    ...missingParts,
  ];
  if ((header.status & DH_COMPRESSED_INCOMPLETE) !== 0)
    defects.push('makedumpfile marked the file as incomplete: it could not write all pages.');
  if (isNewerVersion(header))
    defects.push(`Header version ${header.version} is newer than those known; read as version 6.`);
  defects.push(...descriptorDefects(ends.filter((_, i) => parts[i]!.layer.streamEnd?.kind !== 'cut off')));
  const { nodename, release, version, machine } = header.uname;
  return {
    path,
    format: 'kdump',
    formatName: formatName(
      header,
      layers.some(({ streamEnd }) => streamEnd !== undefined),
      parts.length,
    ),
    architecture: machine || architectures[0].name,
    memory: {
      pageSize: header.blockSize,
      page: cachePages(damaged.load, header.blockSize, options.cacheBytes, options.onPageRead),
      ranges,
      stored,
    },
    damageMet: damaged.inWords,
    ...(release === '' ? {} : { uname: { release, version, machine, nodename } }),
    ...defined({ dumpLevel: header.dumpLevel }),
    completeness,
    ...fromNotes(notes, defects),
  };
}

function descriptorDefects(ends: readonly KdumpEnd[]): string[] {
  const sum = (of: (end: KdumpEnd) => number) => ends.reduce((all, end) => all + of(end), 0);
  const unwritten = sum((end) => end.unwritten);
  const damaged = sum((end) => end.damaged);
  const least = ends.some((end) => end.sampled) ? 'At least ' : '';
  const defects: string[] = [];
  if (unwritten > 0)
    defects.push(
      `${least}${counted(unwritten, 'page')} ${numbered(unwritten, 'was', 'were')} never written to the file: ` +
        'makedumpfile had no room left, or was ended before.',
    );
  if (damaged > 0)
    defects.push(
      `${least}${counted(damaged, 'page descriptor')} ${numbered(damaged, 'leads', 'lead')} ` +
        `far past the end of the file: ${numbered(damaged, 'it is', 'they are')} damaged.`,
    );
  return defects;
}

/** Whether the parts are those of one dump, and all of them. */
function partDefects(parts: readonly KdumpPart[]): string[] {
  const [first] = parts;
  const same = (a: KdumpHeader, b: KdumpHeader) =>
    a.maxMapnr === b.maxMapnr && a.uname.release === b.uname.release && a.uname.nodename === b.uname.nodename;
  let next = 0;
  const defects: string[] = [];
  for (const part of parts) {
    const { path, header } = part;
    if (parts.length > 1 && !header.split)
      throw new InputError(`${path} is not a part of a split dump; give one file.`);
    if (!same(header, first!.header))
      throw new InputError(`${path} and ${first!.path} are not parts of the same split dump.`);
    if (!mayBeOfOneCrash(part, first!))
      throw new InputError(
        `${path} and ${first!.path} are parts of dumps of different crashes: their register notes, or their VMCOREINFO, differ.`,
      );
    if (header.split && header.startPfn < next)
      throw new InputError(`${path} has pages that another of the parts has too; give each part once.`);
    if (header.split && header.startPfn > next)
      defects.push(`Pages ${next} to ${header.startPfn - 1} are in a part of the split dump that was not given.`);
    next = Math.max(next, header.endPfn);
  }
  if (first!.header.split && next < first!.header.maxMapnr)
    defects.push(`Pages ${next} to ${first!.header.maxMapnr - 1} are in a part of the split dump that was not given.`);
  return defects;
}

function kdumpNotes(parts: readonly KdumpPart[]): Notes {
  const range = (which: (header: KdumpHeader) => FileRange, limit: number) => {
    for (const { file, header } of parts) {
      const { offset, size } = which(header);
      const stated = Math.min(size, limit);
      // What is said to stand in the header itself is not there: the bytes are lost.
      if (size > 0) return { bytes: offset > 0 ? file.read(offset, stated) : new Uint8Array(0), stated };
    }
    return { bytes: new Uint8Array(0), stated: 0 };
  };
  const registers = range((header) => header.notes, MAX_NOTES_BYTES);
  const { uname } = parts[0]!.header;
  const { notes: format } = architectureNamed(uname.machine) ?? architectures[0];
  const notes = readNotes(registers.bytes, format, registers.stated);
  // The header's own comes before a note's.
  const vmcoreinfo = range((header) => header.vmcoreinfo, MAX_VMCOREINFO_BYTES);
  const ofNote = notes.vmcoreinfo;
  if (vmcoreinfo.stated > 0) {
    delete notes.vmcoreinfo;
    addVmcoreinfo(notes, vmcoreinfo.bytes);
    if (notes.vmcoreinfo === undefined && ofNote !== undefined) notes.vmcoreinfo = ofNote;
  }
  const eraseinfo = latin1(range((header) => header.eraseinfo, MAX_VMCOREINFO_BYTES).bytes);
  if (eraseinfo !== '') notes.eraseinfo = eraseinfo;
  return notes;
}

/** The kernel's text is a page; a tool's may be longer. */
const MAX_VMCOREINFO_BYTES = 64 << 10;

function fromNotes(
  notes: Notes,
  defects: string[],
): Pick<Dump, 'registers' | 'vmcoreinfo' | 'fromHypervisor' | 'damagedNotes' | 'damagedVmcoreinfo' | 'defects'> {
  if (notes.damaged)
    defects.push(
      `${notes.registers.length === 0 ? 'Its register notes' : 'Some of its register notes'} can't be read: the file has something else where they should be.`,
    );
  if (notes.damagedVmcoreinfo)
    defects.push("Its VMCOREINFO can't be read: the file has something else where it should be.");
  if (notes.eraseinfo !== undefined)
    defects.push('makedumpfile erased data from it on purpose, by its configuration: erased bytes read as X.');
  return {
    registers: notes.registers,
    ...defined({ vmcoreinfo: notes.vmcoreinfo }),
    fromHypervisor: notes.fromHypervisor,
    ...(notes.damagedVmcoreinfo ? { damagedVmcoreinfo: true } : {}),
    ...(notes.damaged ? { damagedNotes: true } : {}),
    defects,
  };
}

function formatName(header: KdumpHeader, flattened: boolean, parts: number): string {
  const codecs = [
    [DH_COMPRESSED_ZLIB, 'zlib'],
    [DH_COMPRESSED_LZO, 'lzo'],
    [DH_COMPRESSED_SNAPPY, 'snappy'],
    [DH_COMPRESSED_ZSTD, 'zstd'],
  ] as const;
  const announced = codecs.filter(([bit]) => (header.status & bit) !== 0).map(([, name]) => name);
  const words = [
    `kdump-compressed, header version ${header.version}`,
    ...(announced.length > 0 ? announced : ['uncompressed pages']),
  ];
  if (flattened) words.push('flattened');
  if (header.split) words.push(`split, ${counted(parts, 'part')}`);
  return words.join(', ');
}
