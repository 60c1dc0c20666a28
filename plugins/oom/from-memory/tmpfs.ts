import type { Kernel } from 'oompm';
import { openedBy, tmpfsMounts, type Tmpfs, type TmpfsFile } from 'oompm/linux';
import type { ShmemFile, TmpfsState } from 'oompm/oom';

const LARGEST_FILES = 5;
const MOST_HOLDERS = 4;
/** Only for files of this size the file tables are searched for who has them open. */
const WORTH_A_HOLDER_KB = 4096;

/** Mounts that hold something; the kernel's own, mounted nowhere, by what it is for. */
export function tmpfsHeld(kernel: Kernel): readonly TmpfsState[] {
  const { pageSize } = kernel.memory;
  const mounts = tmpfsMounts(kernel, { files: LARGEST_FILES }).filter(
    ({ pages, swappedPages }) => pages + swappedPages > 0,
  );
  const bytesOf = (file: TmpfsFile): number => (file.pages + file.swappedPages) * pageSize;
  const unlinked = mounts
    .flatMap(({ largest }) => largest)
    .filter((file) => file.unlinked === true && bytesOf(file) >= WORTH_A_HOLDER_KB * 1024);
  const holders = openedBy(kernel, new Set(unlinked.map(({ inode }) => inode)));
  const fileOf = (mount: Tmpfs, file: TmpfsFile): ShmemFile => ({
    path: pathOf(mount, file),
    bytes: bytesOf(file),
    ...(file.unlinked === true ? { unlinked: true } : {}),
    ...(holders.has(file.inode)
      ? {
          holders: holders
            .get(file.inode)!
            .slice(0, MOST_HOLDERS)
            .map(({ comm, pid }) => ({ comm, pid })),
        }
      : {}),
  });
  return mounts.map((one) => ({
    mount: one.mountPoint ?? 'memfd, SysV and shared anonymous memory',
    ...(one.mountPoint === undefined ? { internal: true } : {}),
    usedPages: one.pages,
    limitPages: one.limitPages,
    largest: one.largest.map((file) => fileOf(one, file)),
  }));
}

function pathOf({ mountPoint }: Tmpfs, { path }: TmpfsFile): string {
  if (path === undefined) return '(deleted)';
  return mountPoint === undefined || mountPoint === '/' ? path : `${mountPoint}${path}`;
}
