import { createReadStream } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';
import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { InputError } from '../bytes/input-error.js';
import { identify } from '../debuginfo/identify.js';
import { openFile } from '../bytes/file-reader.js';
import type { OomReport } from '../oom/model.js';
import { explainLog } from '../oom/parse/explain.js';
import type { LogSource } from '../oom/parse/source.js';
import { defaultValues, type OptionValues } from '../plugin/options.js';
import type { Plugin } from '../plugin/define-plugin.js';
import { runOnReports } from '../plugin/run-plugin.js';
import { makeReport, type DumpFacts } from '../report/report.js';
import { answer, noteFaults, writeReport } from './answer.js';
import { commonFlags, type CommonValues } from './common-flags.js';
import { openNamed } from './open-named.js';
import { plugins } from './plugins.js';
import { endProgress, progress } from './progress.js';
import { reportTarget } from './write-report.js';

/** `oompm explain`: the reports in a kernel log; a dump is asked for its own log. */
export class Explain extends Command {
  static override id = 'explain';
  static override summary = 'The OOM reports in a kernel log, read and explained';
  static override usage = ['explain LOG|-|VMCORE [--event N]'];
  static override examples = [
    '<%= config.bin %> explain dmesg.txt',
    'journalctl -k | <%= config.bin %> explain -',
    '<%= config.bin %> explain /var/log/messages --event 2',
    '<%= config.bin %> explain vmcore -o report.html',
  ];
  static override args = { log: Args.string({ description: 'a text with what a kernel printed, - for standard input, or a dump' }) };
  static override flags = {
    event: Flags.integer({ char: 'e', min: 1, summary: 'this event, by its number in the list of events' }),
    ...commonFlags,
  };
  static override strict = false;

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Explain);
    const common = flags as CommonValues;
    const words = argv as string[];
    const plugin = await oomPlugin();
    const values: OptionValues = { ...defaultValues(plugin.flags, plugin.arguments), ...(flags.event === undefined ? {} : { event: flags.event }) };
    const target = reportTarget(common, words);
    const [path = '-', ...more] = words.length === 0 && process.stdin.isTTY ? [undefinedLog()] : words;
    if (path !== '-' && identify(path) === 'dump') {
      return answer({ plugin, values: { ...values, log: true }, opened: await openNamed('explain', words, common), version: this.config.version, flags: common, target });
    }
    if (more.length > 0) throw new InputError(`explain takes one log; ${more[0]} is too much`);
    const { reports, facts } = await readLog(path);
    const section = runOnReports(plugin, reports, values);
    if (section.outcome.kind === 'unavailable') throw new InputError(section.outcome.reason);
    await writeReport(makeReport(this.config.version, facts, [section]), common, target);
    await noteFaults([section]);
  }
}

function undefinedLog(): never {
  throw new InputError('explain needs a log: oompm explain dmesg.txt, or journalctl -k | oompm explain -');
}

async function oomPlugin(): Promise<Plugin> {
  const plugin = await (await plugins()).registry.load('oom');
  if (plugin?.explain === undefined) throw new Error('the bundled plugin oom does not explain logs');
  return plugin;
}

async function readLog(path: string): Promise<{ reports: OomReport[]; facts: DumpFacts }> {
  progress(path === '-' ? 'reading standard input' : `reading ${path}`);
  const reports: OomReport[] = [];
  const defects: string[] = [];
  for await (const report of explainLog(logFrom(path, defects))) reports.push(report);
  endProgress();
  const last = reports.at(-1);
  return {
    reports,
    facts: {
      files: [path === '-' ? 'standard input' : path], format: 'kernel log', defects,
      architecture: last?.kernel.architecture ?? 'of unknown architecture', release: last?.kernel.release ?? 'of unknown release',
      ...(last?.kernel.host === undefined ? {} : { host: last.kernel.host }),
      pageSize: (last?.pageSizeKB ?? 4) * 1024,
    },
  };
}

/** A file as it is, or unpacked by gzip, as logrotate leaves old logs. @throws InputError */
function logFrom(path: string, defects: string[]): LogSource {
  if (path === '-') return process.stdin;
  const packed = packing(path);
  if (packed === 'other') throw new InputError(`${path} is compressed; unpack it first, or: xzcat ${path} | oompm explain -`);
  return packed === 'gzip' ? unpacked(path, defects) : createReadStream(path);
}

/** What can be unpacked: of a file that was cut off, all up to there; the report then says what it lacks. */
async function* unpacked(path: string, defects: string[]): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path).pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
    defects.push(`${path} is damaged: ${error.message}; what comes after that is not read`);
  }
}

function packing(path: string): 'gzip' | 'other' | undefined {
  const file = openFile(path);
  try {
    const start = Buffer.from(file.read(0, 6)).toString('latin1');
    if (start.startsWith('\x1f\x8b')) return 'gzip';
    return ['\xfd7zXZ', '\x28\xb5\x2f\xfd', 'BZh'].some((magic) => start.startsWith(magic)) ? 'other' : undefined;
  } finally {
    file.close();
  }
}
