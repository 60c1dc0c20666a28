import packageJson from '../../package.json' with { type: 'json' };

export const { version, description } = packageJson;

/** What `--version` prints. */
export const userAgent = `oompm/${version} ${process.platform}-${process.arch} node-${process.version}`;
