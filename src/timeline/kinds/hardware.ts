import { heraldAbout } from '../machine-check-events.js';
import { form, inOrder, numberIn, type EventKind } from '../event-kind.js';

/** MCI_STATUS_UC, arch/x86/include/asm/mce.h. */
const UC = 61n;

/** Machine checks, ECC, PCIe and firmware's own records. */
export const hardwareError: EventKind = {
  name: 'hardware error',
  forms: [
    form(
      'Machine Check',
      /^(?:mce: )?(?:\[Hardware Error\]: )?CPU (?<cpu>\d+): Machine Check(?: Exception)?: +(?<status>\w{1,20}) Bank (?<bank>\d+): (?<value>[0-9a-f]{1,16})\b/,
      ({ cpu, bank, value }) => {
        const status = BigInt(`0x${value}`);
        const isCorrected = ((status >> UC) & 1n) === 0n;
        return {
          what: `machine check on CPU ${cpu}: bank ${bank} has ${value}, ${isCorrected ? 'corrected' : 'uncorrected'}`,
          about: `mce ${bank}`,
          cpu: numberIn(cpu),
          machineCheck: { bank: Number(bank), status },
          ...(isCorrected ? { gravity: 'trouble' } : {}),
        };
      },
    ),
    form('check events logged', /^(?:mce: )?\[Hardware Error\]: Machine check events logged/, () => ({
      what: 'the processor has reported errors (corrected, or not fatal)',
      about: heraldAbout,
      gravity: 'trouble',
    })),
    form(
      'event severity',
      /^(?:\{\d+\})?\[Hardware Error\]: +event severity: (?<severity>[\w -]{2,32})/,
      ({ severity }) => ({
        what: `the firmware reported an error: ${severity}`,
        about: `apei ${severity}`,
        ...(severity === 'fatal' ? {} : { gravity: 'trouble' }),
      }),
    ),
    form(
      'EDAC ',
      /^EDAC (?<mc>[\w#]{1,32}): (?:(?<n>\d+) )?(?<what>CE|UE) (?<rest>.{0,120})/,
      ({ mc, n, what, rest = '' }) => ({
        what: `${n ?? 1} ${what === 'CE' ? 'corrected' : 'uncorrected'} memory ${numberIn(n ?? '1') === 1 ? 'error' : 'errors'}: ${rest.replace(/ ?\(.*/, '')}`,
        about: `edac ${mc} ${what}`,
        ...(what === 'CE' ? { gravity: 'trouble' } : {}),
      }),
    ),
    form('emory failure: 0x', /^Memory failure: (?<pfn>0x[0-9a-f]+): (?<what>.{3,100})/, ({ pfn, what }) => ({
      what: `page ${pfn}: ${what}`,
      about: `page ${pfn}`,
    })),
    form('NMI: ', /^NMI: (?<what>PCI system error \(SERR\)|IOCK error)[^.]{0,60}/, ({ what }) => ({ what: what! })),
    form(
      'PCIe Bus Error',
      inOrder(
        /^(?:\w{1,32} )?(?<device>[0-9a-fA-F]{4,5}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.\d): (?:AER: )?PCIe Bus Error: /,
        /severity=(?<severity>[^,]{2,32}), type=(?<type>[^,]{2,32})/,
      ),
      ({ device, severity, type }) => ({
        what: `PCIe ${device}: ${severity} (${type})`,
        about: `${device} ${severity}`,
        gravity: severity!.startsWith('Correct') ? 'notice' : 'trouble',
      }),
    ),
  ],
};

/** Of an NMI that no handler claims nobody knows whether a button, an operator, a watchdog or the hardware sent it. */
export const nmi: EventKind = {
  name: 'nmi',
  forms: [
    form('Uhhuh. NMI', /^Uhhuh\. NMI received for unknown reason (?<why>\w+) on CPU (?<cpu>\d+)/, ({ why, cpu }) => ({
      what: `no handler knew it (reason ${why}), on CPU ${cpu}`,
      about: 'nmi',
      cpu: numberIn(cpu),
    })),
  ],
};

export const thermal: EventKind = {
  name: 'thermal',
  forms: [
    form(
      'emperature above threshold',
      /^(?:mce: )?CPU(?<cpu>\d+): (?<what>Core |Package )?[Tt]emperature above threshold, cpu clock (?:is )?throttled(?: \(total events = (?<n>\d+)\))?/,
      ({ cpu, n }) => ({
        what: `CPU ${cpu} is too hot, and throttled${n === undefined ? '' : ` (${n} so far)`}`,
        about: 'throttled',
        cpu: numberIn(cpu),
      }),
    ),
    form(
      'ritical temperature reached',
      /^(?:thermal )?(?:(?<zone>[\w.-]{1,40}): )?(?:\S{1,40}: )?[Cc]ritical temperature reached/,
      ({ zone }) => ({
        what: `critical temperature${zone === undefined ? '' : ` (${zone})`}: the machine shuts itself down`,
        about: 'critical',
        gravity: 'grave',
      }),
    ),
    form('modulated clock mode', /^(?:mce: )?CPU(?<cpu>\d+): Running in modulated clock mode/, ({ cpu }) => ({
      what: `CPU ${cpu} runs throttled`,
      about: 'throttled',
      cpu: numberIn(cpu),
    })),
  ],
  over: [
    {
      needs: 'emperature/speed normal',
      line: /^(?:mce: )?CPU\d+: (?:Core |Package )?[Tt]emperature\/speed normal/,
      over: () => ({ about: 'throttled', outcome: 'cooled down' }),
    },
  ],
};

export const clock: EventKind = {
  name: 'clock',
  forms: [
    form(
      'unstable',
      /^(?:\w{1,16}: )?(?:timekeeping watchdog.{0,24}: )?[Mm]arking (?:clocksource '?)?(?<source>[\w-]{1,24})'? (?:as )?unstable/,
      ({ source }) => ({
        what: `clocksource ${source!.toLowerCase()} is unstable`,
        about: source!.toLowerCase(),
      }),
    ),
    form('unstable (', /^Clocksource (?<source>[\w-]{1,24}) unstable \(delta = (?<delta>-?\d+) ns\)/, ({ source }) => ({
      what: `clocksource ${source} is unstable`,
      about: source!,
    })),
    form('Long readout interval', /^(?:clocksource: )?(?:\S{1,40}: )*Long readout interval/, () => ({
      what: 'the watchdog of the clocks came late',
    })),
    form('interrupt took', /^hrtimer: interrupt took (?<ns>\d+) ns/, ({ ns }) => ({
      what: `a timer's interrupt took ${ns} ns`,
      about: 'hrtimer',
    })),
    form(
      'took too long to run',
      /^INFO: NMI handler \((?<fn>\w{1,64})\) took too long to run: (?<ms>[\d.]+) msecs/,
      ({ fn, ms }) => ({ what: `an NMI took ${ms} ms in ${fn}`, about: `nmi ${fn}` }),
    ),
  ],
};
