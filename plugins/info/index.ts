import { definePlugin, fact, facts, gap, readOrGap, type Cell, type Fact, type Kernel } from 'oompm';
import { ramDescribed } from 'oompm/inspect';
import { cpusIn } from 'oompm/linux';

/** `info`: what the file is, what is in it, and where names and types come from. */
export default definePlugin({
  id: 'info',
  summary: 'What the dump is: format, completeness, sources of symbols and types',
  // `overview` says what of this matters.
  inReport: false,
  examples: ['vmcore', 'vmcore vmlinux'],
  *run(kernel) {
    const lost =
      kernel.vmcoreinfo('OSRELEASE') === undefined && kernel.dump?.damagedVmcoreinfo
        ? gap('VMCOREINFO', 'it is damaged')
        : null;
    yield facts('Dump', dumpFacts(kernel));
    yield facts('Kernel', [
      fact('release', 'Release', 'text', kernel.release),
      fact('architecture', 'Architecture', 'text', kernel.architecture),
      fact('buildId', 'Build id', 'text', kernel.vmcoreinfo('BUILD-ID') ?? lost),
      fact(
        'possibleCpus',
        'CPUs',
        'integer',
        kernel.attempt('cpu_possible_mask', () => cpusIn(kernel, 'possible').length) ?? gap('CPUs', 'see below'),
      ),
      fact('kernelOffset', 'KASLR offset', 'address', hexOf(kernel.vmcoreinfo('KERNELOFFSET')) ?? lost),
    ]);
    yield facts('Sources', [
      fact('symbols', 'Symbols', 'text', kernel.symbols.source, { note: `${kernel.symbols.count} names` }),
      fact('types', 'Types', 'text', kernel.types.source),
    ]);
  },
});

/** A hypervisor is known by its own register notes. */
function writerOf({ fromHypervisor, damagedNotes }: NonNullable<Kernel['dump']>): Cell {
  if (fromHypervisor) return 'the hypervisor';
  return damagedNotes === true ? gap('writer', 'its register notes are damaged') : 'the crash kernel';
}

function dumpFacts({ dump, memory }: Kernel): Fact[] {
  if (dump === undefined) return [];
  const damaged = dump.damagedNotes === true ? gap('register notes', 'they are damaged') : undefined;
  return [
    fact('file', 'File', 'text', dump.path),
    fact('format', 'Format', 'text', dump.formatName),
    fact('origin', 'Written by', 'text', writerOf(dump)),
    fact(
      'ram',
      'RAM it describes',
      'bytes',
      readOrGap('RAM', () => ramDescribed(dump)),
    ),
    fact('pageSize', 'Page size', 'bytes', memory.pageSize),
    fact('filter', 'Filter', 'text', dump.dumpLevel === undefined ? null : filterInWords(dump.dumpLevel)),
    fact(
      'registers',
      'Register notes',
      'integer',
      dump.registers.length === 0 && damaged !== undefined ? damaged : dump.registers.length,
    ),
    fact(
      'defects',
      'Completeness',
      'text',
      dump.completeness.kind === 'whole' && dump.defects.length === 0
        ? 'whole, as far as its own tables say'
        : dump.defects.join('; '),
    ),
    ...(dump.uname === undefined ? [] : [fact('nodename', 'Host', 'text', dump.uname.nodename)]),
  ];
}

/** makedumpfile's -d: what each bit leaves out. */
const filterBits = [
  [1, 'zero pages'],
  [2, 'cache'],
  [4, 'private cache'],
  [8, 'user pages'],
  [16, 'free pages'],
] as const;

function filterInWords(level: number): string {
  const left = filterBits.filter(([bit]) => (level & bit) !== 0).map(([, words]) => words);
  return left.length === 0 ? `level ${level}: nothing left out` : `level ${level}: without ${left.join(', ')}`;
}

function hexOf(text: string | undefined): bigint | null {
  return text !== undefined && /^[\da-f]+$/i.test(text) ? BigInt(`0x${text}`) : null;
}
