import { behindName, form, inOrder, numberIn, placeIn, type EventKind, type Groups, type Said } from '../event-kind.js';
import { shortPath } from './die.js';

const code = inOrder(/\.?(?<function>[\w.$]+)/, behindName).source;

/** WARN(), in its forms to 3.10, to 6.18 and since. */
export const warning: EventKind = {
  name: 'warning',
  report: 'place',
  forms: [
    form(
      'WARNING: ',
      new RegExp(
        String.raw`^WARNING: (?:CPU: (?<cpu>\d+) PID: (?<pid>\d+) )?at (?:(?<source>[^\s]{1,200}:\d+) )?${code}`,
      ),
      said,
    ),
    form(
      'WARNING: ',
      new RegExp(
        String.raw`^WARNING: (?:\[[^\]]{1,200}\] )?(?:(?<source>[^\s]{1,200}:\d+) )?at ${code}, CPU#(?<cpu>\d+): (?<comm>.{1,16})\/(?<pid>\d+)$`,
      ),
      said,
    ),
    // Since 6.19 of a WARN() with words, whose place is in the lines of its registers.
    form(
      'WARNING: ',
      /^WARNING: (?<source>[^\s]{1,200}:\d+) at 0x[0-9a-f]+, CPU#(?<cpu>\d+): (?<comm>.{1,16})\/(?<pid>\d+)$/,
      said,
    ),
    // Of powerpc and s390 until 3.10, whose place is in the lines of their registers.
    form('WARNING: at ', /^WARNING: at (?<source>\S{1,200}:\d+)$/, ({ source = '' }) => ({
      what: shortPath(source),
      about: source,
    })),
  ],
};

function said(groups: Groups): Said {
  const { source, function: name = '', cpu, comm, pid } = groups;
  const place = placeIn(groups);
  return {
    what: source === undefined ? 'WARN()' : shortPath(source),
    about: source ?? name,
    ...place,
    cpu: numberIn(cpu),
    comm,
    pid: numberIn(pid),
  };
}
