import { fact, gap, type Fact, type Kernel } from 'oompm';
import { cpuRegisters } from 'oompm/linux';

/** makedumpfile's -d, bit by bit. */
const EXCLUDED: readonly (readonly [number, string])[] = [
  [1, 'zero pages'],
  [2, 'page cache'],
  [4, 'private page cache'],
  [8, 'user pages'],
  [16, 'free pages'],
];

/** How much of the machine the dump has. */
export function dumpFacts(kernel: Kernel): Fact[] {
  const { dump } = kernel;
  const offset = kernel.vmcoreinfo('KERNELOFFSET');
  const kaslr = offset !== undefined && /^[0-9a-f]{1,16}$/i.test(offset) ? BigInt(`0x${offset}`) : undefined;
  const isLost =
    kaslr === undefined && kernel.vmcoreinfo('OSRELEASE') === undefined && dump?.damagedVmcoreinfo === true;
  const registers = cpuRegisters(kernel);
  const withRegisters = registers.filter((found) => 'note' in found);
  return [
    fact('format', 'Format', 'text', dump?.formatName ?? null),
    fact(
      'filter',
      'Left out',
      'flags',
      filterInWords(dump?.dumpLevel),
      dump?.dumpLevel === undefined
        ? { note: 'an ELF file does not say what a filter left out' }
        : { note: `makedumpfile -d ${dump.dumpLevel}` },
    ),
    fact('defects', 'Defects', 'flags', dump && dump.defects.length > 0 ? dump.defects : null),
    fact(
      'registers',
      'Registers of CPUs',
      'integer',
      withRegisters.length === 0 && dump?.damagedNotes === true
        ? gap('register notes', 'they are damaged')
        : withRegisters.length,
      { note: `of ${registers.length}` },
    ),
    isLost
      ? fact('kaslrOffset', 'KASLR offset', 'address', gap('VMCOREINFO', 'it is damaged'))
      : fact(
          'kaslrOffset',
          'KASLR offset',
          'address',
          kaslr === undefined || kaslr === 0n ? null : kaslr,
          kaslr === undefined ? { note: 'VMCOREINFO has none' } : {},
        ),
  ];
}

function filterInWords(level: number | undefined): readonly string[] | null {
  if (level === undefined) return ['unknown'];
  if (level === 0) return null;
  return EXCLUDED.filter(([bit]) => (level & bit) !== 0).map(([, words]) => words);
}
