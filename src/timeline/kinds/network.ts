import { form, inOrder, withoutNumbers, type EventKind } from '../event-kind.js';

/** Of a driver's line, the word before "Link is down": the interface, else the device. */
const linkLine =
  /^(?<before>[\w.:@/ -]{1,100}?)[: ]+(?:NIC )?(?:Copper |SerDes |Fibre )?Link (?:is )?(?<what>[Dd]own|DOWN|[Uu]p|UP)\b/;

/** Interfaces whose cable or peer went and came back. */
export const link: EventKind = {
  name: 'link',
  forms: [
    form('Link ', linkLine, ({ before, what }) => {
      const device = before!.split(/[: ]+/).at(-1)!;
      return {
        what: `${device}: link ${what!.toLowerCase()}`,
        about: device,
        gravity: what!.toLowerCase() === 'down' ? 'trouble' : 'notice',
      };
    }),
    form(
      'link status definitely',
      /^(?:bonding: )?(?<bond>\S{1,16}): (?:\(slave (?<new>\S{1,16})\): )?link status definitely (?<what>up|down)(?: for interface (?<old>[^\s,]{1,16}))?/,
      ({ bond, new: slave, old, what }) => ({
        what: `${bond}: ${slave ?? old} ${what}`,
        about: `${bond} ${slave ?? old} ${what}`,
        gravity: what === 'down' ? 'trouble' : 'notice',
      }),
    ),
    form(
      'NETDEV WATCHDOG',
      inOrder(
        /^(?:[\w.:-]{1,40} ){0,2}(?:(?<new>[\w.@-]{1,16}): )?NETDEV WATCHDOG: /,
        /(?:CPU: \d+: |(?<old>\S{1,16}) \(\S{0,40}\): )transmit queue (?<queue>\d+) timed out/,
      ),
      ({ new: name, old, queue }) => ({
        what: `${name ?? old ?? 'a device'}: transmit queue ${queue} timed out`,
        about: `${name ?? old} tx`,
        gravity: 'trouble',
      }),
    ),
  ],
};

/** Servers of network file systems and block devices that did not answer, and did again. */
export const server: EventKind = {
  name: 'server',
  forms: [
    form(
      'not responding',
      /^(?<fs>nfs|lockd): server (?<server>\S{1,256}) not responding, (?<what>still trying|timed out)/,
      ({ fs, server: name, what }) => ({
        what: `${fs} server ${name} does not answer${what === 'timed out' ? ': timed out' : ''}`,
        about: name!,
      }),
    ),
    form(
      'has not responded in',
      /^CIFS:? ?(?:VFS: )?(?:\\\\)?(?:Server )?(?<server>\S{1,256}) has not responded in (?<n>\d+) seconds/,
      ({ server: name, n }) => ({ what: `SMB server ${name} has not answered for ${n} s`, about: name! }),
    ),
    form(
      'ceph: ',
      inOrder(/^(?:lib)?ceph: (?<server>(?:mon|osd|mds)\d+) (?:\S{1,80} )?/, {
        what: [
          /session lost/,
          /down/,
          /connect error/,
          /hung/,
          /caps stale/,
          /socket closed/,
          /reconnect denied/,
          /session timed out/,
        ],
      }),
      ({ server: name, what }) => ({
        what: `ceph ${name}: ${what}`,
        about: name!,
        ...(what === 'socket closed' ? { gravity: 'notice' } : {}),
      }),
    ),
  ],
  over: [
    {
      needs: ' OK',
      line: /^(?:nfs|lockd): server (?<server>\S{1,256}) OK$/,
      over: ({ server: name }) => ({ about: name!, outcome: 'it answered again' }),
    },
    {
      needs: 'ceph: ',
      line: /^(?:lib)?ceph: (?<server>(?:mon|osd|mds)\d+) (?:\S{1,80} )?(?:session established|up|recovery completed|caps renewed)/,
      over: ({ server: name }) => ({ about: name!, outcome: 'it came back' }),
    },
  ],
};

/** A bound that was reached, so that something was refused. */
export const limit: EventKind = {
  name: 'limit',
  forms: [
    form('fork rejected by pids', /^cgroup: fork rejected by pids controller in (?<cgroup>.{1,400})/, ({ cgroup }) => ({
      what: `pids.max of ${cgroup}: no more tasks`,
      about: cgroup!,
    })),
    form('TCP: ', /^TCP: (?<what>out of memory -- consider tuning tcp_mem|too many orphaned sockets)/, ({ what }) => ({
      what: `TCP: ${what}`,
    })),
    form('ut of socket memory', /^(?:TCP: )?[Oo]ut of socket memory/, () => ({ what: 'TCP: out of socket memory' })),
    form('table full, dropping', /^(?:nf|ip)_conntrack: (?:nf_conntrack: )?table full, dropping packet/, () => ({
      what: 'the table of connections is full: packets are dropped',
    })),
    form('file-max limit', /^VFS: file-max limit (?<n>\d+) reached/, ({ n }) => ({
      what: `file-max: ${n} open files`,
    })),
    form(
      'able overflow',
      /^[Nn]eighbour: (?<what>\w{1,16}): neighbor table overflow|^Neighbour table overflow/,
      () => ({
        what: 'the table of neighbours is full',
      }),
    ),
    form(
      'SYN flooding',
      /^(?:request_sock_)?TCP: (?:request_sock_\w+: )?[Pp]ossible SYN flooding on port (?<port>\S{1,64}?)\. /,
      ({ port }) => ({
        what: `possible SYN flood on port ${port}`,
        about: withoutNumbers(port!),
        gravity: 'notice',
      }),
    ),
  ],
};
