import { form, inOrder, numberIn, shortAddress, type EventKind, type Groups, type Said } from '../event-kind.js';

/** Page faults, exceptions and traps in the kernel, as each architecture says them. */
export const oops: EventKind = {
  name: 'oops',
  report: 'die',
  forms: [
    form(
      'BUG: ',
      inOrder(
        /^BUG: /,
        {
          what: [
            /[Kk]ernel NULL pointer dereference/,
            /[Uu]nable to handle (?:kernel )?(?:NULL pointer dereference|paging request|page fault|data access)/,
            /[Uu]nable to handle kernel (?:instruction fetch|unaligned access)/,
            // Where another's line came between: "BUG: unable to handle kernel " and, behind it, "paging request at …".
            /unable to handle kernel *(?:$|\[)/,
          ],
        },
        /(?: on (?:read|write))?(?:,? (?:for |at (?:virtual )?)?(?:address:? ?)?(?:at )?(?<address>(?:0x)?[0-9a-f]{4,16}|\(null\)))?/,
      ),
      fault,
    ),
    form(
      'nable to handle',
      inOrder(
        /^(?:CPU \d+ )?Unable to handle (?:kernel )?(?<what>[\w ()-]{3,80}?) /,
        /(?:at (?:virtual )?address:? ?(?:0x)?(?<address>[0-9a-f]{4,16})|in virtual kernel address space|at virtual)/,
      ),
      fault,
    ),
    form(
      'stack guard page was hit',
      /^BUG: (?:\S{2,8} )?stack guard page was hit at (?<address>[0-9a-f]+)/,
      ({ address }) => ({
        what: `a stack ran into its guard page at ${shortAddress(address)}`,
      }),
    ),
    form('Kernel Fault: Code', /^Kernel Fault: Code=(?<code>\d+) \((?<what>[\w ]{3,60})/, ({ what }) => ({
      what: what!,
    })),
    form('PANIC: double fault', /^(?:traps: )?PANIC: double fault/, () => ({ what: 'double fault' })),
    // arm64 and riscv: what the exception that found it out could not be handled for.
    form('Insufficient stack space', /^Insufficient stack space to handle exception!/, () => ({
      what: 'the stack has no room left for an exception',
    })),
    form(' bus error', /^(?<what>Data|Instruction) bus error, epc == /, ({ what }) => ({ what: `${what} bus error` })),
    // Its line ends there; the code and the number stand on the next.
    form('Split lock detected', /^(?:Oops: )?Split lock detected$/, () => ({ what: 'split lock' })),
    form('execute', /^(?:kernel tried to execute NX-protected page|unable to execute userspace code)/, () => ({
      what: 'the kernel executed what is not its code',
    })),
    // "Oops: 0002 [#1] SMP", "general protection fault, …: 0000 [#1]", "Internal error: Oops: 96000004 [#1]"
    form(
      '[#',
      inOrder(
        /^(?:kasan: GPF could be caused by NULL-ptr deref or user memory access)?/,
        /(?<what>(?!Kernel bug)[A-Za-z][\w ,'():./-]{2,160}?)[: ]*/,
        // s390 has no blank behind the number since 6.14.
        /\[#(?<number>\d{1,6})\](?: {0,2}[A-Z][A-Z0-9_-]{0,15}(?: {1,2}[A-Z][A-Z0-9_-]{0,15}){0,8})?[:.]? *$/,
      ),
      ({ what = '', number }) => ({ what: exception(what), number: numberIn(number) }),
    ),
  ],
};

/** BUG() and what is made of it. */
export const bug: EventKind = {
  name: 'bug',
  report: 'die',
  forms: [
    form('ernel BUG at', /^[Kk]ernel BUG at (?<source>[^!]{1,200})!?/, ({ source = '' }) => ({
      what: source.startsWith('[verbose') ? 'BUG()' : `BUG() at ${shortPath(source)}`,
      about: source,
    })),
    form('ernel bug detected', /^Kernel bug detected(?:\[#(?<number>\d{1,6})\])?/, ({ number }) => ({
      what: 'BUG()',
      number: numberIn(number),
    })),
  ],
};

function fault({ what = '', address }: Groups): Said {
  const at = address === undefined ? '' : ` at ${shortAddress(address)}`;
  return { what: `${/NULL/.test(what) ? 'NULL pointer dereference' : plain(what)}${at}` };
}

function plain(what: string): string {
  return /paging request|page fault|handle kernel *\[?$/.test(what) ? 'page fault' : what.replace(/^[Kk]ernel /, '');
}

/** Less what a reader of a table does not need: the error code, "Oops: " where more is said. */
function exception(what: string): string {
  const short = what.replace(/^(?:Oops|Internal error): (?=\S)/, '').replace(/(?<=.): [0-9a-f]{4,16}(?: ilc:\d)?$/, '');
  return /^(?:Oops: ?)?[0-9a-f]{1,16}$/.test(short) ? 'Oops' : short;
}

/** Of a path as it was when the kernel was built, what tells. */
export function shortPath(source: string): string {
  return source.replace(/^(?:\/[^\s:]*)?\/(?=[^/]+\/[^/]+$)/, '').replace(/^(?:\.\.\/)+/, '');
}
