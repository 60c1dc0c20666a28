import type { Kernel } from '../../kernel/kernel.js';

/** FS_REQUIRES_DEV */
const REQUIRES_DEVICE = 1;
/** No kernel has more. */
const MOST = 500;

/** The file systems that can be mounted of a device, as list_bdev_fs_names() prints them. @throws ReadError */
export function deviceFileSystems(kernel: Kernel): readonly string[] {
  const found: string[] = [];
  if (!kernel.hasGlobal('file_systems')) return found;
  let one = kernel.global('file_systems');
  for (let count = 0; one !== null && count < MOST; count++) {
    if ((one.fs_flags & REQUIRES_DEVICE) !== 0 && one.name !== null) found.push(one.name);
    one = one.next;
  }
  return found;
}
