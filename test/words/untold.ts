import { share } from '../../src/oom/quantity.js';
import type { Finding } from '../../src/words/finding.js';
import { secondsInWords, size, sizeOfKB } from '../../src/words/quantity.js';

/** Every way in which the facts may stand in the sentence. */
function toldBy({ facts = {} }: Finding): string {
  return Object.entries(facts)
    .flatMap(([name, { value, unit }]) => [
      name,
      String(value),
      ...(typeof value === 'string'
        ? []
        : [
            size(value),
            sizeOfKB(value),
            ...(unit === 'percent' ? [share(Number(value), 100)] : []),
            ...(unit === 'ns' ? [secondsInWords(Number(value))] : []),
          ]),
    ])
    .join('\n');
}

/** What is amiss with a finding's facts: numbers of the sentence that no fact tells, numbers without a unit, no source. */
export function amissIn(finding: Finding): string[] {
  const known = toldBy(finding);
  return [
    ...[...finding.sentence.matchAll(/\d[\d.]*\d|\d/g)]
      .map(([number]) => number)
      .filter((number) => !known.includes(number))
      .map((number) => `no fact tells ${number}`),
    ...Object.entries(finding.facts ?? {}).flatMap(([name, { value, unit, source }]) => [
      ...(typeof value !== 'string' && unit === undefined ? [`${name} has no unit`] : []),
      ...(source === '' ? [`${name} has no source`] : []),
    ]),
  ];
}
