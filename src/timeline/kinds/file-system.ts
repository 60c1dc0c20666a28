import { form, inOrder, withoutNumbers, type EventKind, type Groups, type Said } from '../event-kind.js';

/** What file systems say of what is wrong with them: errors, corruption, read-only from now on, shut down. */
export const fileSystem: EventKind = {
  name: 'file system',
  forms: [
    form(
      '-fs error',
      /^(?<fs>EXT[234]|ext[34])-fs error \(device (?<device>[^)]{1,64})\):? ?(?:in )?(?<where>\w{1,64})?(?::\d+)?: ?(?<what>.{0,200})/i,
      ({ fs, device, where, what = '' }) =>
        said({
          fs,
          device,
          what: `error${where === undefined ? '' : ` in ${where}`}${what === '' ? '' : `: ${what}`}`,
        }),
    ),
    form(
      '-fs (',
      inOrder(/^(?<fs>EXT[234]|F2FS|FAT|NILFS|NTFS|HFS)-fs \((?<device>[^)]{1,64})\): /, {
        what: [
          /(?:[Rr]emounting|Filesystem has been set) (?:filesystem )?read-only/,
          /[Ss]hut down requested.{0,20}/,
          /I\/O error while writing superblock/,
          /previous I\/O error to superblock detected/,
          /Delayed block allocation failed.{0,120}/,
          /failed to convert unwritten extents.{0,80}/,
          /error count since last fsck: \d+/,
          /error, .{1,120}/,
          /[Ii]nconsistent .{1,80}/,
          /.{0,60}corrupt.{0,80}/,
        ],
      }),
      said,
    ),
    form('journal on device', /^(?:JBD2?: )?[Aa]borting journal on device (?<device>\S{1,64}?)\.?$/, ({ device }) =>
      said({ fs: 'JBD2', device, what: 'the journal was aborted' }),
    ),
    form(
      'JBD2: ',
      inOrder(
        /^JBD2: /,
        {
          what: [
            /Error -\d+ detected when updating journal superblock/,
            /Detected IO errors while flushing file data/,
            /I\/O error when updating journal superblock/,
            /.{0,40}corrupt.{0,40}?/,
          ],
        },
        / (?:for|on) (?<device>\S{1,64}?)\.?$/,
      ),
      ({ what, device }) => said({ fs: 'JBD2', device, what }),
    ),
    form(
      'XFS (',
      inOrder(/^XFS \((?<device>[^)]{1,64})\): /, {
        what: [
          /(?:Metadata |Block )?[Cc]orruption .{1,120}/,
          /.{0,120}?[Ss]hutting down filesystem/,
          /Filesystem has been shut down.{0,80}/,
          /log I\/O error.{0,80}/,
          /metadata I\/O error.{0,120}/,
          /Internal error .{1,120}/,
          /xfs_do_force_shutdown.{0,60}/,
          /writeback error.{0,40}/,
          /Failing async write.{0,60}/,
          /User initiated shutdown.{0,60}/,
        ],
      }),
      (groups) => said({ ...groups, fs: 'XFS' }),
    ),
    form(
      'BTRFS',
      /^BTRFS:? (?:(?<level>error|critical|warning|info|alert|emergency) )?\(device (?<device>[^\s):]{1,64})[^)]{0,40}\)(?::| in) (?<what>.{3,200})/,
      ({ level = 'error', device, what = '' }) =>
        /^(?:info|warning)$/.test(level) && !/forced readonly|csum failed|lost page write/.test(what)
          ? { ...said({ fs: 'Btrfs', device, what }), gravity: 'notice' }
          : said({ fs: 'Btrfs', device, what }),
    ),
    form('BTRFS: ', /^BTRFS: (?<what>Transaction aborted \(error -?\d+\))/, ({ what }) => said({ fs: 'Btrfs', what })),
    form('SQUASHFS error', /^SQUASHFS error: (?<what>.{3,120})/, ({ what }) => said({ fs: 'SquashFS', what })),
    form(
      'gfs2: ',
      /^gfs2: fsid=(?<device>[^:\s]{1,100}): (?<what>fatal: .{3,80}|about to withdraw.{0,60}|withdrawn)/i,
      (groups) => said({ ...groups, fs: 'GFS2' }),
    ),
    form('REISERFS error', /^REISERFS error \(device (?<device>[^)]{1,64})\): (?<what>.{3,120})/, (groups) =>
      said({ ...groups, fs: 'ReiserFS' }),
    ),
  ],
};

function said({ fs, device, what = '' }: Groups): Said {
  const isOver = /read-?only|[Ss]hut(?:ting)? down|shutdown|journal was aborted|Transaction aborted|withdraw/.test(
    what,
  );
  return {
    what: `${fs}${device === undefined ? '' : ` (${device})`}: ${what}`,
    about: `${device ?? fs} ${isOver ? withoutNumbers(what) : 'errors'}`,
    ...(isOver ? { gravity: 'grave' } : {}),
  };
}
