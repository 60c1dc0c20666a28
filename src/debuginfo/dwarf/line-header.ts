import { FORM } from './constants.js';
import type { Cursor } from './cursor.js';
import type { DwarfFile } from './die.js';
import { skipForm, type UnitFormat } from './forms.js';

/** The header of a line number program, DWARF 5 section 6.2.4. */
export interface LineHeader {
  version: number;
  minimumInstructionLength: number;
  maximumOperations: number;
  lineBase: number;
  lineRange: number;
  opcodeBase: number;
  /** How many LEB128 operands each standard opcode has, from opcode 1 on. */
  operands: Uint8Array;
  /**
   * The path behind the number that rows use, relative to the unit's DW_AT_comp_dir where it lies below that. Few are
   * asked for.
   */
  file(number: number): string | undefined;
}

const MAX_ENTRIES = 65_536;
const DW_LNCT_path = 1;
const DW_LNCT_directory_index = 2;

/** @param cursor behind the length; stands at the program's first opcode afterwards */
export function readLineHeader(
  file: DwarfFile,
  cursor: Cursor,
  offsetSize: 4 | 8,
  compDir: string,
  unitName: string,
): LineHeader {
  const version = cursor.u16();
  if (version < 2 || version > 5)
    throw cursor.damaged(`has line numbers of version ${version}, which is not known here`);
  const addressSize = version >= 5 ? cursor.u8() : 8;
  if (version >= 5 && cursor.u8() !== 0)
    throw cursor.damaged('has line numbers with segment selectors, which are not known here');
  const headerLength = cursor.offset(offsetSize);
  const programAt = cursor.at + headerLength;
  const minimumInstructionLength = cursor.u8();
  const maximumOperations = version >= 4 ? cursor.u8() : 1;
  cursor.skip(1); // default_is_stmt: rows that are no statement's start count as well
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  if (lineRange === 0 || opcodeBase === 0 || maximumOperations === 0)
    throw cursor.damaged('has line numbers whose header divides by zero');
  const operands = cursor.take(opcodeBase - 1);
  const format: UnitFormat = { version, addressSize, offsetSize };
  const files = version >= 5 ? filesV5(file, cursor, format, compDir) : filesV4(cursor, compDir, unitName);
  if (programAt < cursor.at || programAt > cursor.end)
    throw cursor.damaged('has line numbers whose header is longer or shorter than it says');
  cursor.at = programAt;
  return {
    version,
    minimumInstructionLength,
    maximumOperations,
    lineBase,
    lineRange,
    opcodeBase,
    operands,
    file: (number) => files[number]?.(),
  };
}

type Path = () => string;

function filesV4(cursor: Cursor, compDir: string, unitName: string): Path[] {
  const directories = [''];
  for (let name = cursor.cString(); name !== ''; name = cursor.cString()) directories.push(name);
  // Numbered from 1; number 0 is what rows of broken writers say for the unit's own file.
  const files: Path[] = [() => pathOf('', unitName, compDir)];
  for (let name = cursor.cString(); name !== ''; name = cursor.cString()) {
    const found = name;
    const directory = cursor.uleb();
    files.push(() => pathOf(directories[directory] ?? '', found, compDir));
    cursor.skipLeb();
    cursor.skipLeb();
  }
  return files;
}

function filesV5(file: DwarfFile, cursor: Cursor, format: UnitFormat, compDir: string): Path[] {
  const directories = entries(file, cursor, format);
  // Directory 0 is the unit's own.
  const own: Path = () => directories[0]?.path() ?? compDir;
  return entries(file, cursor, format).map(
    ({ path, directory }) =>
      () =>
        pathOf(directory === 0 ? '' : (directories[directory]?.path() ?? ''), path(), own()),
  );
}

function entries(file: DwarfFile, cursor: Cursor, format: UnitFormat): { path: Path; directory: number }[] {
  const fields: { content: number; form: number }[] = [];
  for (let left = cursor.u8(); left > 0; left--) fields.push({ content: cursor.uleb(), form: cursor.uleb() });
  const count = cursor.uleb();
  if (count > MAX_ENTRIES || (count > 0 && fields.length === 0))
    throw cursor.damaged(`has line numbers with ${count} files or directories`);
  const found: { path: Path; directory: number }[] = [];
  for (let i = 0; i < count; i++) {
    let path: Path = () => '';
    let directory = 0;
    for (const { content, form } of fields) {
      if (content === DW_LNCT_path) path = readPath(file, cursor, form, format);
      else if (content === DW_LNCT_directory_index) directory = readIndex(cursor, form, format);
      else skipForm(cursor, form, format);
    }
    found.push({ path, directory });
  }
  return found;
}

function readPath(file: DwarfFile, cursor: Cursor, form: number, format: UnitFormat): Path {
  switch (form) {
    case FORM.string: {
      const path = cursor.cString();
      return () => path;
    }
    case FORM.line_strp:
      return stringAt(file.lineStrings, cursor.offset(format.offsetSize));
    case FORM.strp:
      return stringAt(file.strings, cursor.offset(format.offsetSize));
    default:
      skipForm(cursor, form, format);
      return () => '?';
  }
}

function stringAt(strings: DwarfFile['strings'], offset: number): Path {
  return () => strings.at(offset);
}

function readIndex(cursor: Cursor, form: number, format: UnitFormat): number {
  switch (form) {
    case FORM.data1:
      return cursor.u8();
    case FORM.data2:
      return cursor.u16();
    case FORM.udata:
      return cursor.uleb();
    default:
      skipForm(cursor, form, format);
      return 0;
  }
}

/** A path as drgn shows it: relative to the unit's directory where it lies below that, without a leading `./`. */
function pathOf(directory: string, name: string, compDir: string): string {
  const joined = name.startsWith('/') || directory === '' ? name : `${directory}/${name}`;
  const relative = compDir !== '' && joined.startsWith(`${compDir}/`) ? joined.slice(compDir.length + 1) : joined;
  return relative.startsWith('./') ? relative.slice(2) : relative;
}
