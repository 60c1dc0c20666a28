/** What the kernel calls a block device, and a partition of it. */
export const deviceName =
  /(?:(?:sd|vd|xvd)[a-z]\d*|sd[a-z]{2}\d+|nvme\d+(?:c\d+)?n\d+(?:p\d+)?|mmcblk\d+(?:p\d+)?|(?:dm-|md|loop|nbd|rbd|drbd)\d+(?:p\d+)?|dasd[a-z]+\d*)/;
/** What it or udev calls a network interface. */
export const interfaceName =
  /(?:(?:eth|wlan|bond|team|virbr|docker|tun|tap|ib)\d+|(?:en|wl)[ops]\d\w*|veth[0-9a-f]+|br-[0-9a-f]+)/;

function standingAlone({ source }: RegExp): RegExp {
  return new RegExp(`(?<![\\w-])${source}(?![\\w-])`, 'g');
}

/** In full, or with zeros left out in the middle, at the start or at the end. */
const ipv6 = new RegExp(
  String.raw`(?<![\w:.])(?:${[
    /(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}/,
    /(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}/,
    /::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4}/,
    /(?:[0-9a-f]{1,4}:){1,7}:/,
  ]
    .map(({ source }) => source)
    .join('|')})(?![\w:])`,
  'gi',
);

/**
 * What tells whose machine it was by its form alone, wherever it stands in a sentence. In the order in which they are
 * sought: a path may hold any of the others, and a part of one is not to be left behind.
 */
export const identifiers: readonly (readonly [kind: string, form: RegExp])[] = [
  // Not "tasks/s", nor sources of the kernel, which are relative; nor the kernel's own settings, which advice names. A
  // cgroup's name may hold a colon.
  [
    'path',
    /(?<![\w.])(?!\/proc\/(?:sys|sysrq-trigger|pid|meminfo|slabinfo|vmstat|zoneinfo)\b|\/sys\/(?:kernel|module)\b)(?:\/(?:[^\s/:,;'"()[\]<>|]|:(?=\w))+)+\/?/g,
  ],
  ['email', /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g],
  ['uuid', /(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])/gi],
  // Of a machine (machine-id), a container or an image; a build id has 40 digits.
  ['id', /(?<![\w])(?:[0-9a-f]{32}|[0-9a-f]{64})(?!\w)/gi],
  // Both of a packet and its type stand in one piece too.
  ['mac', /(?<![\w:])(?:[0-9a-f]{2}:){5,}[0-9a-f]{2}(?![\w:])/gi],
  ['ip', /(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w]|\.\w)/g],
  ['ip', ipv6],
  ['device', standingAlone(deviceName)],
  ['interface', standingAlone(interfaceName)],
  // "dentry(812:web.service)": until 5.8 each cgroup had caches of its own.
  ['cgroup', /(?<=\w\(\d+:)[^()]+(?=\))/g],
  // What no table lists: the last word before a pid.
  ['task', /(?<=^|[\s(,:"'])[^\s(),:"']+(?= \(pid \d+\))/g],
];
