import { gatherGaps } from '../kernel/gathered-gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { blockDevices, type BlockDevice, type BlockDevices } from '../linux/block/block-devices.js';
import { deviceFileSystems } from '../linux/fs/file-systems.js';
import { rootDirectory, type RootDirectory } from '../linux/fs/root-directory.js';
import { commandLine } from '../linux/machine/uts.js';
import { bytes, number, word } from '../words/known-facts.js';
import { told, toldList, type Told } from '../words/told.js';
import type { Ending } from './ending.js';

/** "root=/dev/sdz1 is none of its block devices: nvme0n1 (64 MiB)" */
export function noRootTold(kernel: Kernel, ending: Ending): Told {
  const asked = parameter(kernel, 'root');
  return told`The kernel could not mount its root file system: ${whyNot(kernel, asked, blockDevices(kernel))}${initramfsTold(kernel, ending)}`;
}

/** Of the command line; the last of them counts. */
function parameter(kernel: Kernel, name: string): string | undefined {
  const words = kernel.attempt('saved_command_line', () => commandLine(kernel))?.split(/\s+/) ?? [];
  return words.findLast((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
}

function whyNot(kernel: Kernel, asked: string | undefined, all: BlockDevices | undefined): Told {
  const devices = all?.devices;
  const has = all === undefined ? undefined : devicesTold(all);
  if (asked === undefined || asked === '')
    return told`it was given no root=${has === undefined ? '' : told`, and ${has}`}`;
  const root = word('root', `root=${asked}`, 'saved_command_line');
  if (has === undefined || devices === undefined) return told`${root} was asked for`;
  const found = devices.find((one) => isAskedFor(one, asked));
  if (found !== undefined)
    return told`${root} is there (${sizeTold(all!, found)}), and ${fileSystemsTold(kernel)} could mount it`;
  if (/^(?:UUID|LABEL)=/i.test(asked))
    return told`${root} is for an initramfs to look up, since the kernel does not read file systems for it; ${has}`;
  return devices.length === 0 ? told`${root} was asked for, and ${has}` : told`${root} is not there; ${has}`;
}

/** name_to_dev_t(): by name, by number, or by what a partition table says. */
function isAskedFor({ name, number: dev, partUuid, partLabel }: BlockDevice, asked: string): boolean {
  const [, key, value] = /^(PARTUUID|PARTLABEL)=(.*)$/i.exec(asked) ?? [];
  if (key === undefined) return asked === `/dev/${name.replaceAll('!', '/')}` || asked === dev;
  return key.toUpperCase() === 'PARTLABEL' ? value === partLabel : value!.toLowerCase() === partUuid?.toLowerCase();
}

/** Devices that are named. */
const NAMED = 8;

/** "no driver found a disk", "the disks and partitions are sda (64 MiB) and sda1 (63 MiB)" */
function devicesTold(all: BlockDevices): Told {
  const { devices, from: source } = all;
  if (devices.length === 0) return told`no driver found a disk`;
  const named = devices.slice(0, NAMED).map((device, i) => {
    const name = word(`device ${i + 1}`, device.name, source);
    const uuid =
      device.partUuid === undefined ? '' : told`, PARTUUID ${word(`PARTUUID ${i + 1}`, device.partUuid, source)}`;
    return told`${name} (${sizeTold(all, device, i + 1)}${uuid})`;
  });
  const rest = devices.length - NAMED;
  const list = toldList(rest > 0 ? [...named, told`${number('more devices', rest, source)} more`] : named);
  return told`the disks and partitions are ${list}`;
}

function sizeTold({ sizeFrom }: BlockDevices, device: BlockDevice, n = 0): Told {
  return told`${bytes(n === 0 ? 'size' : `size ${n}`, device.bytes, sizeFrom)}`;
}

/** "none of its file systems (ext4, fuseblk)" */
function fileSystemsTold(kernel: Kernel): Told {
  const names = kernel.attempt('file_systems', () => deviceFileSystems(kernel)) ?? [];
  if (names.length === 0) return told`none of its file systems`;
  return told`none of its file systems (${word('file systems', names.join(', '), 'file_systems')})`;
}

/** What the initial file system that is always there holds where no archive was unpacked into it. */
const BUILT_IN: ReadonlySet<string> = new Set(['dev', 'root']);

/** "; the initramfs (bin, dev) has no /init that it could run" */
function initramfsTold(kernel: Kernel, ending: Ending): Told | string {
  const root = rootOf(kernel, ending);
  if (root === undefined || root.device !== root.type || root.names.every((name) => BUILT_IN.has(name))) return '';
  const holds = word('initramfs', root.names.slice(0, NAMED).join(', '), 'dentries of the root of init');
  const more = root.names.length > NAMED ? ', …' : '';
  const init = word('rdinit', parameter(kernel, 'rdinit') ?? '/init', 'saved_command_line');
  return told`. The initramfs has no ${init} that could be run: it holds ${holds}${more}`;
}

function rootOf(kernel: Kernel, { context: { task } }: Ending): RootDirectory | undefined {
  // Without it the end is told no less.
  const { result } = gatherGaps(kernel, () =>
    task === undefined ? undefined : kernel.attempt('fs_struct.root', () => rootDirectory(kernel, task)),
  );
  return result;
}

/** "No init could be started from ext4 on nvme0n1: /sbin/start was asked for" */
export function noInitTold(kernel: Kernel, ending: Ending): Told {
  const asked = kernel.hasGlobal('execute_command')
    ? kernel.attempt('execute_command', () => kernel.global('execute_command'))
    : undefined;
  const root = rootOf(kernel, ending);
  const from = root === undefined ? '' : told` from its root, ${systemTold(root)}`;
  const tried =
    asked === undefined || asked === null
      ? told`init= was not given, and /sbin/init, /etc/init, /bin/init and /bin/sh were tried`
      : told`init=${word('init', asked, 'execute_command')} was asked for`;
  return told`No init could be started${from}: ${tried}`;
}

/** "ext4 on nvme0n1" */
function systemTold({ type, device }: RootDirectory): Told {
  const on = device === undefined || device === type ? '' : told` on ${word('device', device, 'super_block.s_id')}`;
  return told`${word('file system', type, 'super_block.s_type')}${on}`;
}
