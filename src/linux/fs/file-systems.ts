import type { Kernel } from '../../kernel/kernel.js';
import type { Ref } from '../../kernel/shape.js';

/** FS_REQUIRES_DEV */
const REQUIRES_DEVICE = 1;
/** No kernel has more. */
const MOST = 500;

/** The file systems that can be mounted of a device, as list_bdev_fs_names() prints them. @throws ReadError */
export function deviceFileSystems(kernel: Kernel): readonly string[] {
  const found: string[] = [];
  for (const { name, fs_flags: flags } of registered(kernel)) {
    if ((flags & REQUIRES_DEVICE) !== 0 && name !== null) found.push(name);
    if (found.length > MOST) break;
  }
  return found;
}

/** @throws ReadError */
function* registered(kernel: Kernel): Generator<Ref<'file_system_type'>> {
  const head = kernel.findSymbol('file_systems');
  if (head === undefined) return;
  const isList = !kernel.has('file_system_type', 'next');
  if (isList && !kernel.has('file_system_type', 'list')) return;
  const link = BigInt(kernel.offsetOf('file_system_type', isList ? 'list' : 'next'));
  let at = kernel.memory.u64(head);
  for (let count = 0; at !== 0n && count < MOST; count++) {
    kernel.guard.step();
    const one = isList ? at - link : at;
    yield kernel.ref('file_system_type', one);
    at = kernel.memory.u64(one + link);
  }
}
