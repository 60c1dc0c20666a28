import {
  form,
  inOrder,
  numberIn,
  shortAddress,
  withoutNumbers,
  type EventKind,
  type Groups,
  type Said,
} from '../event-kind.js';

/** A process that got a signal for what it did, where the kernel prints it; a name may be any text of 15 bytes. */
export const userFault: EventKind = {
  name: 'user fault',
  forms: [
    form(
      ']: segfault ',
      /^(?<comm>.{1,64}?)\[(?<pid>\d+)\]: segfault (?:\(11\) )?at (?<address>[0-9a-f]+) (?:ip|rip|nip)[: ].{0,200}?(?: in (?<file>[^[\s]{1,120})|$)/,
      (groups) => fault(groups, 'segfault'),
    ),
    form(
      'traps: ',
      /^traps: (?<comm>.{1,64}?)\[(?<pid>\d+)\] (?<what>[a-z][\w ]{2,40}?) ip:(?<address>[0-9a-f]+).{0,120}?(?: in (?<file>[^[\s]{1,120})|$)/,
      (groups) => fault(groups, groups['what']!.replace(/^trap /, '')),
    ),
    form(
      'ip:',
      /^(?<comm>.{1,64}?)\[(?<pid>\d+)\] (?<what>general protection|trap [a-z][\w ]{2,30}?) ip:(?<address>[0-9a-f]+).{0,120}?(?: in (?<file>[^[\s]{1,120})|$)/,
      (groups) => fault(groups, groups['what']!.replace(/^trap /, '')),
    ),
    form(
      ': unhandled ',
      inOrder(
        /^(?<comm>.{1,64}?)\[(?<pid>\d+)\]: unhandled (?<what>[\w ():]{3,80}?)(?: \(\d+\))?/,
        /(?: at (?<address>(?:0x)?[0-9a-f]+)|, (?:esr|ESR|code) ).{0,160}?(?: in (?<file>[^[\s]{1,120})|$)/,
      ),
      (groups) => fault(groups, groups['what']!.replace(/^exception: /, '')),
    ),
    form('unhandled signal', /^(?<comm>.{1,64}?)\[(?<pid>\d+)\]: unhandled signal (?<what>\d+)/, (groups) =>
      fault(groups, `signal ${groups['what']}`),
    ),
    form('unexpected fatal signal', /^potentially unexpected fatal signal (?<what>\d+)\./, ({ what }) => ({
      what: `a process died of signal ${what}`,
    })),
  ],
};

function fault({ comm, pid, address, file }: Groups, what: string): Said {
  const at = address === undefined ? '' : ` at ${shortAddress(address)}`;
  return {
    what: `${what}${at}${file === undefined ? '' : `, in ${file}`}`,
    about: withoutNumbers(`${comm} ${what} ${file ?? ''}`),
    ...(pid === '1' ? { gravity: 'grave' } : {}),
    comm,
    pid: numberIn(pid),
  };
}
