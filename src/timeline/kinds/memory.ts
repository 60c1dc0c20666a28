import { form, numberIn, withoutNumbers, type EventKind } from '../event-kind.js';
import { taskInWords } from '../event.js';

/** What no report of the OOM parser's begins with. */
export const allocationFailure: EventKind = {
  name: 'allocation failure',
  forms: [
    form(
      'possible memory allocation deadlock',
      /^XFS: (?<comm>.{1,16})\((?<pid>\d+)\) possible memory allocation deadlock(?: size (?<size>\d+))?/,
      ({ comm, pid, size }) => ({
        what: `XFS gets no ${size === undefined ? 'memory' : `${size} bytes`} for ${taskInWords(comm, numberIn(pid))}`,
        about: 'XFS',
        comm,
        pid: numberIn(pid),
      }),
    ),
    form(
      'Unable to allocate memory on node',
      /^SLU[BG]: Unable to allocate memory on (?:CPU \d+ \(of )?node (?<node>-?\d+)/,
      () => ({
        what: 'SLUB could not allocate a slab',
        about: 'slub',
      }),
    ),
    form('Out of puff', /^virtio_balloon \S{1,32}: Out of puff! Can't get (?<n>\d+) pages/, ({ n }) => ({
      what: `the balloon could not take ${n} pages`,
      about: 'balloon',
      gravity: 'notice',
    })),
    form('zram: ', /^zram: Error allocating memory for compressed page: (?<what>.{1,60})/, () => ({
      what: 'zram could not allocate memory for a compressed page',
      about: 'zram',
    })),
    form('percpu: allocation failed', /^percpu: allocation failed, size=(?<size>\d+)/, ({ size }) => ({
      what: `no per-CPU memory of ${size} bytes`,
      about: 'percpu',
    })),
  ],
};

/** User space's own OOM killers, in the log that they wrote to: their word, not the kernel's. */
export const daemonKill: EventKind = {
  name: 'daemon kill',
  by: 'user space',
  forms: [
    form(
      'systemd-oomd',
      /^(?:\S{1,64} )?systemd-oomd\[\d+\]: Killed (?<cgroup>\S{1,400}) (?:\[.{1,80}\] )?due to (?<why>.{1,200})/,
      ({ cgroup, why }) => ({ what: `systemd-oomd killed ${cgroup}: ${why}`, about: `oomd ${cgroup}` }),
    ),
    form(
      'earlyoom',
      /^(?:\S{1,64} )?earlyoom(?:\[\d+\])?: sending (?<signal>SIG[A-Z]{3,4})\b.{0,40}? to process (?<pid>\d+)(?: uid \d+)?:? "(?<comm>[^"]{1,64})"/,
      ({ signal, pid, comm }) => ({
        what: `earlyoom sent ${signal} to ${taskInWords(comm, numberIn(pid))}`,
        about: `earlyoom ${comm}`,
        comm,
        pid: numberIn(pid),
      }),
    ),
    form(
      'nohang',
      /^(?:\S{1,64} )?nohang(?:-desktop)?(?:\[\d+\])?: .{0,80}?[Ss]ending (?<signal>SIG[A-Z]{3,4}) to (?<victim>.{1,80})/,
      ({ signal, victim }) => ({
        what: `nohang sent ${signal} to ${victim}`,
        about: withoutNumbers(`nohang ${victim}`),
      }),
    ),
    form(
      'oomd kill: ',
      /^(?:\S{1,64} )?(?:oomd\[\d+\]: )?oomd kill: .{1,60}? (?<cgroup>\S{1,400}) \d+ /,
      ({ cgroup }) => ({
        what: `oomd killed ${cgroup}`,
        about: `oomd ${cgroup}`,
      }),
    ),
    form(
      'owmemorykiller',
      /^(?:\S{1,64} )?lowmemorykiller: Kill(?:ing)? '(?<comm>[^']{1,64})' \((?<pid>\d+)\)/,
      ({ comm, pid }) => ({
        what: `the low memory killer killed ${taskInWords(comm, numberIn(pid))}`,
        about: `lmk ${comm}`,
        comm,
        pid: numberIn(pid),
      }),
    ),
    form(
      'by the OOM killer',
      /^(?:\S{1,64} )?systemd\[\d+\]: (?<unit>\S{1,256}): A process of this unit has been killed by the OOM killer/,
      ({ unit }) => ({
        what: `systemd: a process of ${unit} was killed by the OOM killer`,
        about: `systemd ${unit}`,
        gravity: 'notice',
      }),
    ),
  ],
};

export const swap: EventKind = {
  name: 'swap',
  forms: [
    form('swap on ', /^Adding (?<kB>\d{1,16})k swap on (?<device>.{1,200}?)\. {1,2}Priority:/, ({ kB, device }) => ({
      what: `swap of ${Math.round(Number(kB) / 1024)} MiB on ${device}`,
      about: device!,
    })),
  ],
};
