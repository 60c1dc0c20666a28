import type { Kernel } from '../../../kernel/kernel.js';
import { registersOf } from '../../../linux/machine/cpu-registers.js';
import { padded, type Elsewhere, type PrintedLine } from '../../../words/printed-line.js';
import type { PrintedException } from '../../stack/oops-printing.js';
import type { KnownRegisters } from '../../registers.js';
import { CR4_SMAP, CR4_SMEP, cr4, pageTableRoot } from './control-registers.js';
import { pageOf, rawWalk, type RawWalk, type WalkedPage } from './raw-page-walk.js';

/** Bits of a page fault's error code; the kernel itself was at it, so X86_PF_USER is not set. */
const PROT = 1;
const WRITE = 2;
const INSTR = 16;

const FIRST_PAGE = 4096n;

export interface PageFault {
  readonly address: bigint | undefined;
  /** Where the instruction does not tell the address. */
  readonly addressFrom?: string;
  readonly walk: RawWalk | undefined;
  /** error_code, which nobody keeps: by the instruction and the page tables; undefined where they don't say. */
  readonly code: number | undefined;
}

/** What there is to know of a page fault. */
export function pageFaultOf(kernel: Kernel, { access, noCode, registers, task, cpu }: PrintedException): PageFault {
  const byInstruction = noCode ? registers.ip : access?.address;
  const byNote = byInstruction === undefined ? registersOf(kernel, cpu)?.control?.['cr2'] : undefined;
  const address = byInstruction ?? byNote;
  const root = address === undefined ? undefined : pageTableRoot(kernel, task);
  const walk = address === undefined || root === undefined ? undefined : rawWalk(kernel, Number(root), address);
  return {
    address,
    ...(byNote === undefined ? {} : { addressFrom: 'CR2 of the hypervisor’s note' }),
    walk,
    code: errorCode(noCode, access, walk),
  };
}

function errorCode(noCode: boolean, access: PrintedException['access'], walk: RawWalk | undefined): number | undefined {
  if (walk === undefined || walk.bad === 'missing' || (!noCode && access === undefined)) return undefined;
  const writes = access?.does === 'write' || access?.does === 'read and write';
  return (pageOf(walk) === undefined ? 0 : PROT) | (noCode ? INSTR : writes ? WRITE : 0);
}

/** While this flag is set the kernel may use pages of user space (stac, clac). */
const FLAGS_AC = 1n << 18n;

/**
 * How a page that is mapped is protected against what was done: "mapped read-only"; undefined where it is not mapped,
 * or nothing that is read says so.
 */
export function protection(kernel: Kernel, exception: PrintedException): string | undefined {
  const { walk } = pageFaultOf(kernel, exception);
  const page = walk && pageOf(walk);
  return page && protectedBy(page, cr4(kernel, exception.cpu), exception);
}

/** @param control CR4, where it is known */
export function protectedBy(
  page: WalkedPage,
  control: bigint | undefined,
  { noCode, access, registers }: Pick<PrintedException, 'noCode' | 'access'> & { readonly registers: KnownRegisters },
): string | undefined {
  const isSet = (flag: bigint): boolean => control !== undefined && (control & flag) !== 0n;
  if (noCode) {
    if (page.noExecute) return 'data, which can’t be run (NX)';
    return page.ofUser && isSet(CR4_SMEP) ? 'user space’s, which the kernel can’t run (SMEP)' : undefined;
  }
  const { flags } = registers;
  if (page.ofUser && isSet(CR4_SMAP) && flags !== undefined && (flags & FLAGS_AC) === 0n)
    return 'user space’s, which the kernel may use only where it says so (SMAP)';
  const writes = access?.does === 'write' || access?.does === 'read and write';
  return writes && page.readOnly ? 'mapped read-only' : undefined;
}

/** show_fault_oops(). */
export function pageFaultLines(kernel: Kernel, exception: PrintedException, fault: PageFault): PrintedLine[] {
  const { address, code } = fault;
  const isNull = address !== undefined && address < FIRST_PAGE;
  const what = isNull ? 'kernel NULL pointer dereference' : 'unable to handle page fault for';
  return [
    ...executed(kernel, exception, fault),
    [`BUG: ${what}${isNull ? ', ' : ' '}address: `, addressPart(fault)],
    [
      '#PF: supervisor ',
      ...(code === undefined ? [unknown('kind of access'), ' access'] : [kindOf(code)]),
      ' in kernel mode',
    ],
    ...(code === undefined
      ? [['#PF: error_code(0x', errorPart(fault), ') - ', unknown('kind of fault')]]
      : [
          [
            `#PF: error_code(0x${padded(BigInt(code), 4)}) - ${(code & PROT) === 0 ? 'not-present page' : 'permissions violation'}`,
          ],
        ]),
    tablesLine(fault),
  ];
}

/** The first words of what is printed where the address is that of code which may not be run. */
function executed(kernel: Kernel, { cpu, task }: PrintedException, { walk, code }: PageFault): PrintedLine[] {
  const page = walk && pageOf(walk);
  if (page === undefined || code === undefined || (code & INSTR) === 0) return [];
  const uid = kernel.peek('cred.uid', () => task.cred?.uid);
  const who: PrintedLine = [' (uid: ', uid === undefined ? unknown('uid') : String(uid), ')'];
  if (page.noExecute) return [['kernel tried to execute NX-protected page - exploit attempt?', ...who]];
  if (!page.user) return [];
  const warning = 'unable to execute userspace code (SMEP?)';
  const control = cr4(kernel, cpu);
  // Nothing but SMEP forbids to run such a page.
  if (control === undefined)
    return [[{ what: 'CR4.SMEP', text: warning, from: 'the fault itself', digits: 1 }, ...who]];
  return (control & CR4_SMEP) === 0n ? [] : [[warning, ...who]];
}

function kindOf(code: number): string {
  if ((code & INSTR) !== 0) return 'instruction fetch';
  return (code & WRITE) !== 0 ? 'write access' : 'read access';
}

/** dump_pagetable() */
function tablesLine({ walk, address }: PageFault): PrintedLine {
  if (walk === undefined || address === undefined) return ['PGD ', unknown('page tables')];
  const entries = walk.entries.map(({ table, value }) => `${table} ${value.toString(16)} `).join('');
  if (walk.bad === undefined) return [entries.replace(/(PTE \S+) $/, '$1')];
  return walk.bad === 'missing' ? [entries, unknown('page tables')] : [`${entries}BAD`];
}

/** The address with its sixteen digits. */
export function addressPart({ address, addressFrom }: PageFault): string | Elsewhere {
  if (address === undefined) return { what: 'address', digits: 16 };
  const text = padded(address, 16);
  return addressFrom === undefined ? text : { what: 'address', text, from: addressFrom, digits: 16 };
}

/** The error code with its four digits. */
export function errorPart({ code }: PageFault): string | Elsewhere {
  return code === undefined ? { what: 'error code', digits: 4 } : padded(BigInt(code), 4);
}

function unknown(what: string): Elsewhere {
  return { what, digits: 1 };
}
