import { form, inOrder, type EventKind } from '../event-kind.js';

/** Requests that came back as errors. */
export const ioError: EventKind = {
  name: 'io error',
  forms: [
    form(
      ' error, dev ',
      inOrder(
        /^(?:(?:print_req_error|blk_update_request|end_request): )?(?<what>[\w/ -]{2,48}?) error, /,
        /dev (?<device>\S{1,64}?), sector (?<sector>\d+)(?: op 0x\w+:\((?<op>\w+)\))?/,
      ),
      ({ what, device, sector, op }) => ({
        what: `${what} error on ${device}, sector ${sector}${op === undefined ? '' : ` (${op.toLowerCase()})`}`,
        about: `${device} ${what}`,
        // A discard that a device does not do.
        ...(what === 'operation not supported' ? { gravity: 'notice' } : {}),
      }),
    ),
    form(
      'Buffer I/O error on ',
      /^Buffer I\/O error on dev(?:ice)? (?<device>\S{1,64}?), logical block (?<block>\d+)(?:, (?<what>lost [\w ]{3,40}))?/,
      ({ device, block, what }) => ({
        what: `block ${block} of ${device}: ${what ?? 'read error'}`,
        about: `${device} ${what ?? 'read'}`,
      }),
    ),
    form('lost page write', /^lost page write due to I\/O error on (?<device>\S{1,64})/, ({ device }) => ({
      what: `a page could not be written to ${device}`,
      about: `${device} lost`,
    })),
    form(
      'rror on swap-device',
      /^(?<what>Read|Write)-error on swap-device \((?<device>\d+:\d+):(?<sector>\d+)\)/,
      ({ what, device, sector }) => ({
        what: `${what!.toLowerCase()} error on swap (${device}), sector ${sector}`,
        about: `swap ${device}`,
      }),
    ),
    form('Write error', /^Write error (?<error>-?\d+) on dio swapfile \(\d+\)/, ({ error }) => ({
      what: `write error ${error} on a swap file`,
      about: 'swap file',
    })),
    form(
      'Failing path',
      /^device-mapper: multipath: (?:\d+:\d+: )?Failing path (?<device>\S{1,64}?)\.?$/,
      ({ device }) => ({ what: `multipath lost the path ${device}`, about: `path ${device}` }),
    ),
    form(
      'Disk failure on',
      /^md\/\S{1,32}: ?(?:Disk failure|disk failure) on (?<device>\S{1,64}), disabling/i,
      ({ device }) => ({ what: `${device} was taken out of its array`, gravity: 'grave' }),
    ),
    form(
      'FAILED Result',
      /^s[dr] (?<address>[\d:]{7,24}): \[(?<device>\w{1,32})\](?: tag#\d+)? (?:CDB: )?FAILED Result: hostbyte=(?<host>\S{1,32}) driverbyte=(?<driver>\S{1,32})/,
      ({ device, host, driver }) => ({
        what: `a command of ${device} failed (${[host, driver].filter((one) => !/^(?:DID|DRIVER)_OK$|^0x00$/.test(one!)).join(', ') || 'by its own word'})`,
        about: `${device} command`,
      }),
    ),
    form(
      'rejecting I/O to ',
      /^(?:s[dr]|scsi|st) (?<address>[\d:]{7,24}): (?:\[(?<device>\w{1,32})\] )?rejecting I\/O to (?<what>offline|dead) device/,
      ({ address, device, what }) => ({
        what: `${device ?? address} is ${what}: its requests are refused`,
        about: `${device ?? address} ${what}`,
      }),
    ),
    form(
      ' @ LBA ',
      /^(?<device>nvme\w{1,32}): .{1,40}? @ LBA (?<lba>\d+), \d+ blocks, (?<what>[^(]{2,60}?) \(/,
      ({ device, lba, what }) => ({ what: `${what} on ${device}, LBA ${lba}`, about: `${device} ${what}` }),
    ),
    form(
      'block nbd',
      /^block (?<device>nbd\d+): (?<what>Connection timed out|Receive control failed.{0,40}|Other side returned error.{0,20}|Dead connection.{0,60})/,
      ({ device, what }) => ({
        what: `${device}: ${what}`,
        about: device!,
      }),
    ),
  ],
};

/** Controllers and disks that did not answer, and were reset or given up. */
export const deviceReset: EventKind = {
  name: 'device reset',
  forms: [
    form(
      [
        'exception Emask',
        'failed command',
        ' resetting ',
        ': disabl',
        'limiting SATA',
        'link is slow',
        'reset failed',
        'qc timeout',
        'RESET failed',
        'SRST failed',
      ],
      inOrder(/^(?<port>ata\d+)(?<link>\.\d+)?: /, {
        what: [
          /exception Emask \S+/,
          /failed command: [\w /]{2,40}/,
          /hard resetting (?:link|port)/,
          /soft resetting (?:link|port)/,
          /disable(?:d|vice)/,
          /disabling device/,
          /limiting SATA link speed to \S+ \S+/,
          /link is slow to respond/,
          /(?:soft|hard)reset failed/,
          /COMRESET failed/,
          /SRST failed/,
          /qc timeout/,
          /reset failed, giving up/,
        ],
      }),
      ({ port, link = '', what }) => ({
        what: `${port}${link}: ${what}`,
        about: port!,
        ...(/^disab|giving up/.test(what!) ? { gravity: 'grave' } : {}),
      }),
    ),
    form(
      [
        'timeout, ',
        'controller is down',
        'Device not ready',
        'Removing after',
        'Disabling device',
        'failed to ',
        'frozen state',
      ],
      inOrder(/^nvme (?<device>nvme\d+): /, {
        what: [
          /I\/O (?:tag )?\d+.{0,80}? timeout, (?:aborting|reset controller|completion polled|disable controller)/,
          /controller is down; will reset/,
          /Device not ready; aborting \w+/,
          /Removing after probe failure/,
          /Disabling device after reset failure/,
          /failed to \w+ \w+ queue/,
          /frozen state error detected/,
        ],
      }),
      ({ device, what }) => ({
        what: `${device}: ${what!.replace(/^I\/O .* timeout, /, 'a request timed out: ')}`,
        about: device!,
        ...(/^(?:Removing|Disabling)/.test(what!) ? { gravity: 'grave' } : {}),
      }),
    ),
    form(
      ['timing out command', 'Device offlined', 'task abort', 'TASK ABORT', 'Command timed out', 'reset failed'],
      inOrder(/^(?:s[dr]|scsi|st) (?<address>(?:host)?[\d:]{1,24}): (?:\[(?<device>\w{1,32})\] )?(?:tag#\d+ )?/, {
        what: [
          /timing out command, waited \d+s/,
          /Device offlined - not ready after error recovery/,
          /[Aa]ttempting task abort/,
          /ATTEMPTING TASK ABORT/,
          /task abort: \w+/,
          /Command timed out/,
          /reset failed.{0,40}/,
        ],
      }),
      ({ address, device, what }) => ({
        what: `${device ?? address}: ${what}`,
        about: device ?? address!,
        ...(/offlined/.test(what!) ? { gravity: 'grave' } : {}),
      }),
    ),
    form(
      [
        'adapter ',
        'resetting ',
        'ask abort',
        'TASK ABORT',
        'Abort command',
        'RESET ISSUED',
        'FAULT state',
        'fault state',
        'hard reset',
        'bus reset',
      ],
      inOrder(
        /^(?<driver>mptscsih|mptbase|mpt[23]sas_cm\d+|megaraid_sas|hpsa|aacraid|qla2xxx|lpfc|smartpqi|mpi3mr\d*|arcmsr\d*|virtio_scsi)\b.{0,60}?/,
        {
          what: [
            /Host adapter (?:abort|reset) request/,
            /resetting \w+/,
            /[Aa]ttempting task abort/,
            /task abort/,
            /TASK ABORT/,
            /Abort command issued/,
            /RESET ISSUED/,
            /FAULT state/,
            /is in fault state/,
            /issuing hard reset/,
            /bus reset/,
          ],
        },
      ),
      ({ driver, what }) => ({ what: `${driver}: ${what}`, about: driver! }),
    ),
    form(
      ['Timeout waiting for', 'Card stuck', ': error -', 'cache flush error'],
      /^(?<device>mmc\d+): (?<what>Timeout waiting for hardware|Card stuck|error -\d+ \w+|cache flush error)/,
      ({ device, what }) => ({ what: `${device}: ${what}`, about: device! }),
    ),
    form(
      ' conn error',
      /^\s*(?<device>connection\d+:\d+): detected conn error \((?<code>\d+)\)/,
      ({ device, code }) => ({ what: `iSCSI ${device} broke (${code})`, about: device! }),
    ),
    form('ping timeout', /^\s*(?<device>connection\d+:\d+): ping timeout of (?<n>\d+) secs/, ({ device, n }) => ({
      what: `iSCSI ${device}: no answer for ${n} s`,
      about: device!,
    })),
    form(
      'session recovery timed out',
      /^\s*(?<device>session\d+): session recovery timed out after (?<n>\d+) secs/,
      ({ device, n }) => ({ what: `iSCSI ${device} given up after ${n} s`, about: device!, gravity: 'grave' }),
    ),
    form(
      ['USB disconnect', ': reset '],
      /^usb (?<device>[\d.-]{1,24}): (?<what>USB disconnect|reset [\w-]+ USB device)/,
      ({ device, what }) => ({
        what: `usb ${device}: ${what}`,
        about: `usb ${device} ${what}`,
        gravity: 'notice',
      }),
    ),
    form(
      ['GPU reset begin', 'GPU HANG', 'Resetting chip'],
      /^(?:(?:amdgpu|i915|xe) \S{1,40}: )?(?:\[drm[^\]]{0,40}\] )?(?:amdgpu: )?(?<what>GPU reset begin|GPU HANG|Resetting chip for .{1,40})/,
      ({ what }) => ({ what: what!, about: 'gpu' }),
    ),
    form('NVRM: Xid', /^NVRM: Xid \(PCI:(?<device>[\w:.]{1,24})\): (?<xid>\d+)/, ({ device, xid }) => ({
      what: `GPU ${device}: Xid ${xid}`,
      about: `xid ${device} ${xid}`,
    })),
  ],
  over: [
    {
      needs: 'EH complete',
      line: /^(?<port>ata\d+): EH complete/,
      over: ({ port }) => ({ about: port!, outcome: 'recovered' }),
    },
    {
      needs: 'queues',
      line: /^nvme (?<device>nvme\d+): \d+\/\d+\/\d+ default\/read\/poll queues/,
      over: ({ device }) => ({ about: device!, outcome: 'came back' }),
    },
  ],
};
