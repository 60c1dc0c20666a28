import type { Config } from '@oclif/core/interfaces';
import { description, userAgent, version } from '../app/package-facts.js';

/**
 * What oclif's Command and CommandHelp ask of a Config. `Config.load()` looks for plugins, hooks and manifests, of
 * which oompm has none: that search takes longer than Node's own start.
 */
export function leanConfig(): Config {
  const config: Partial<Config> = {
    name: 'oompm',
    bin: 'oompm',
    dirname: 'oompm',
    version,
    userAgent,
    topicSeparator: ' ',
    pjson: { name: 'oompm', version, description, oclif: { additionalHelpFlags: ['-h'] } },
    topics: [],
    commands: [],
    plugins: new Map(),
    runHook: () => Promise.resolve({ successes: [], failures: [] }),
    scopedEnvVar: () => undefined,
    scopedEnvVarKey: (key) => `OOMPM_${key}`,
    scopedEnvVarKeys: (key) => [`OOMPM_${key}`],
    scopedEnvVarTrue: () => false,
  };
  return config as Config;
}
