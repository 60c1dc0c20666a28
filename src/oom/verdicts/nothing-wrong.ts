import { exactly } from '../../words/known-facts.js';
import { list, numbered } from '../../words/quantity.js';
import type { Premise } from '../../words/certainty.js';
import { told, toldList } from '../../words/told.js';
import { amount, pageKB, totalOf, zoneTitle, type OomReport } from '../model.js';
import { factsIn } from '../report-facts.js';
import { conclude, findingKind } from '../../words/finding.js';
import { notSo, so, type Verdict } from '../verdict.js';
import { isOfMachine, managedKB } from '../zones.js';
import { notToldOfZones, zoneTries } from './watermark.js';

const kind = findingKind({
  id: 'oom.nothing-wrong',
  meaning:
    'Memory was there after all: the OOM killer was started manually, a page fault failed for another reason, or memory was freed meanwhile.',
  when: 'sysrq-f started it while zones were above their low watermark, or a zone that the request may use could serve it when the report was printed',
  moment: 'report',
  step: 'certain',
});

/** A moment later is another moment: what was free then says what may have been. */
const printedLater: Premise = {
  what: 'the zones are as they were when the report was printed, a moment after the failure',
  certainty: 'likely',
};

/** Memory that was there after all: an OOM by hand, or zones that stand above their watermarks again. */
export const nothingWrong: Verdict = {
  id: kind.id,
  kinds: [kind],
  judge(report) {
    if (!isOfMachine(report)) return notSo("a cgroup's limit was hit");
    if (report.zones === undefined || report.zones.length === 0) return notSo('the zones are not in the report');
    return isByHand(report) ? startedByHand(report) : recovered(report);
  },
};

function startedByHand(report: OomReport): ReturnType<Verdict['judge']> {
  const zones = report.zones!;
  const free = totalOf(zones.map((zone) => zone.kB.free));
  if (free === undefined || zones.some((zone) => zone.kB.low === undefined))
    return notSo('what each zone has free, or its watermarks, are not in the report');
  const low = zones.filter((zone) => amount(zone.kB.free!) <= amount(zone.kB.low!));
  const whole = managedKB(report, pageKB(report));
  if (low.length === zones.length) return notSo('it was started manually, but memory was short');
  const { kB, managed, share } = factsIn(report);
  const freeTold = kB('free', free, 'free of the zones shown');
  const ofWhole = whole === undefined ? '' : told` of ${managed(whole)} (${share(freeTold, managed(whole))})`;
  return so(
    conclude(
      kind,
      {
        subject: { kind: 'machine' },
        sentence: told`Nothing was wrong with memory: the OOM killer was started manually (sysrq-f) while ${freeTold}${ofWhole} were free.`,
        evidence: [
          report.event.caller.because,
          ...zones.map((zone) => {
            const title = zoneTitle(zone);
            const low = exactly(kB(`${title} low`, zone.kB.low!));
            return told`${title}: free ${exactly(kB(`${title} free`, zone.kB.free!))}, low ${low}`;
          }),
        ],
      },
      'started manually',
    ),
  );
}

export function isByHand({ event }: OomReport): boolean {
  return event.caller.by === 'sysrq' || (event.order !== undefined && event.order < 0);
}

/** The report is printed a moment after the failure; in between memory can come free. */
function recovered(report: OomReport): ReturnType<Verdict['judge']> {
  const tries = zoneTries(report);
  if (tries === undefined) return notSo(notToldOfZones);
  const able = tries.filter((one) => one.refusal === undefined);
  if (able.length === 0) return notSo('no zone that the request may use could serve it');
  const { kB } = factsIn(report);
  const titles = able.map(({ zone }) => zoneTitle(zone));
  if (report.event.caller.by === 'page fault' || report.event.gfp?.mask === 0) {
    const failed = "a page fault ended with VM_FAULT_OOM (a cgroup's limit, or a failure in a driver or file system)";
    const had = able.map(({ zone }, i) => told`${titles[i]!} had ${kB(`${titles[i]!} free`, zone.kB.free!)} free`);
    return so(
      conclude(
        kind,
        {
          subject: { kind: 'machine' },
          restsOn: [printedLater],
          sentence: told`The machine was not out of memory: ${failed} while ${toldList(had)}.`,
          evidence: able.map((one) => one.arithmetic),
        },
        'a page fault failed',
      ),
    );
  }
  const freedKB = able.reduce((sum, one) => sum + Math.max(0, one.spareKB), 0);
  const freed = kB('freed since', freedKB, 'usable − min of these zones');
  const watermarks = numbered(able.length, 'its watermark', 'their watermarks');
  const stood = `${list(titles)} ${numbered(able.length, 'was', 'were')} above ${watermarks} again and could have served the request`;
  const compaction =
    report.event.order !== undefined && report.event.order > 0 ? ', or compaction would still have found a block' : '';
  return so(
    conclude(
      kind,
      {
        subject: { kind: 'zones', name: list(titles) },
        restsOn: [printedLater],
        sentence: told`When the report was printed ${stood}: at least ${freed} were freed since it failed${compaction}.`,
        evidence: able.map((one) => one.arithmetic),
      },
      'came free since',
    ),
  );
}
