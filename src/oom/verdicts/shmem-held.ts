import { exactly } from '../../words/known-facts.js';
import { conclude, findingKind, type Finding } from '../../words/finding.js';
import { told, toldList, type KnownFact, type Told } from '../../words/told.js';
import { pageKB, type OomReport, type ShmemFile, type TmpfsState } from '../model.js';
import { factsIn } from '../report-facts.js';

export const shmemKind = findingKind({
  id: 'oom.memory-held.shmem',
  meaning: 'Shared memory or files in tmpfs hold the memory: which mount and files.',
  when: 'they take more than 15 % of the memory',
  moment: 'report',
  step: 'certain',
});

/** Of shared memory: a mount that holds less of it is not named. */
const notableMount = 0.05;

export function shmemHeld(report: OomReport, shmemKB: number, wholeKB: number): Finding {
  const { kB, bytes, word, managed, share } = factsIn(report);
  const page = pageKB(report);
  const mounts = (report.beyond?.tmpfs ?? [])
    .filter((mount) => mount.usedPages * page >= shmemKB * notableMount)
    .toSorted((a, b) => b.usedPages - a.usedPages)
    .slice(0, 3);
  const first = mounts[0];
  const files = (first?.largest ?? []).filter((file) => file.bytes / 1024 >= shmemKB * notableMount).slice(0, 3);
  const [shmem, whole] = [kB('shmem', shmemKB), managed(wholeKB)];
  const used = (mount: { usedPages: number }): KnownFact =>
    kB('tmpfs.used', mount.usedPages * page, 'shmem_sb_info.used_blocks');
  const pathOf = (path: string): KnownFact => word('file', path, 'dentries of the mount');
  const sizeOf = (file: { bytes: number }): KnownFact => bytes('file.size', file.bytes, 'pages of the file');
  const limit = (mount: TmpfsState): Told | string => {
    if (mount.internal) return '';
    return mount.limitPages === null
      ? ', and has no limit'
      : told`, and its limit is ${kB('tmpfs.limit', mount.limitPages * page, 'shmem_sb_info.max_blocks')}`;
  };
  const largest =
    files.length === 0 ? '' : told` (${toldList(files.map((file) => told`${pathOf(file.path)} ${sizeOf(file)}`))})`;
  const where = first && (first.internal ? 'the tmpfs of the kernel itself, for ' : '');
  const named =
    first === undefined
      ? ''
      : told`; ${where!}${word('tmpfs', first.mount, 'mounts')}${first.internal ? ',' : ''} holds ${used(first)}${largest}${limit(first)}`;
  const unlinked = first && files.filter((file) => livesByItsHolders(first, file));
  const lives = unlinked?.[0] === undefined ? '' : told`; ${lifeOf(report, first!, unlinked[0])}`;
  return conclude(shmemKind, {
    subject: { kind: 'memory', name: 'shmem' },
    share: shmemKB / wholeKB,
    sentence: told`${shmem} of ${whole} (${share(shmem, whole)}) is shared memory or files in tmpfs${outlives(first, files[0])}${named}${lives}.`,
    evidence: [
      told`shmem: ${exactly(shmem)}`,
      ...mounts.flatMap((mount) => [
        told`${word('tmpfs', mount.mount, 'mounts')}: ${exactly(used(mount))}`,
        ...(mount.largest ?? []).map((file) => {
          const links = file.unlinked && !mount.internal ? ', deleted (i_nlink is 0)' : '';
          return told`${pathOf(file.path)}: ${sizeOf(file)}${links}${openIn(report, file)}`;
        }),
      ]),
    ],
  });
}

/** What has a name stays until somebody removes it; a SysV segment has one of its own kind. */
function outlives(mount: TmpfsState | undefined, file: ShmemFile | undefined): string {
  if (mount === undefined || file === undefined) return ', which can outlive the process that wrote them';
  return livesByItsHolders(mount, file) ? '' : ', which outlive the process that wrote them';
}

/** A file without a name is gone with the last that has it open or mapped. */
export function livesByItsHolders({ internal }: TmpfsState, { path, unlinked }: ShmemFile): boolean {
  return unlinked === true && !(internal === true && isSysV(path));
}

/** newseg() names them so, by their key: they stay until they are removed, with IPC_RMID or ipcrm. */
export function isSysV(path: string): boolean {
  return /^SYSV[\da-f]{8}$/i.test(path);
}

/** "/run/app.log is deleted, and lives for as long as logger (pid 115) has it open" */
function lifeOf(report: OomReport, mount: TmpfsState, file: ShmemFile): Told {
  const path = factsIn(report).word('file', file.path, 'dentries of the mount');
  const what = mount.internal ? told`${path} lives` : told`${path} is deleted, and lives`;
  const holders = holdersOf(report, file);
  return holders === undefined
    ? told`${what} for as long as somebody has it open or mapped`
    : told`${what} for as long as ${holders} ${file.holders!.length === 1 ? 'has' : 'have'} it open`;
}

function openIn(report: OomReport, file: ShmemFile): Told | string {
  const holders = holdersOf(report, file);
  return holders === undefined ? '' : told`, open in ${holders}`;
}

/** undefined where nobody is known to have it open. */
export function holdersOf(report: OomReport, { holders }: ShmemFile): Told | undefined {
  if (holders === undefined || holders.length === 0) return undefined;
  const { task } = factsIn(report);
  return toldList(holders.map((one) => task('holder', one, 'files that it has open')));
}
