import type { Kernel } from '../kernel/kernel.js';
import { warnCount } from '../linux/machine/counters.js';
import { number } from '../words/known-facts.js';
import { told, toldList, type Told } from '../words/told.js';
import type { Ending, Policy } from './ending.js';

/** The setting that made a panic of it; where code asks two, the one that was set, as far as memory tells. */
export function policyTold(kernel: Kernel, { panic }: Pick<Ending, 'panic'>, policy: Policy): Told {
  if (policy === 'unknown_nmi_panic or panic_on_unrecovered_nmi') return nmiSettingTold(kernel) ?? told`${policy}`;
  if (policy === 'panic_on_warn or warn_limit') return told`${warnSetting(kernel, panic.message) ?? policy}`;
  if (policy === 'oops_limit') {
    const limit = kernel.hasGlobal(policy) ? kernel.attempt(policy, () => kernel.global(policy)) : undefined;
    return limit === undefined ? told`${policy}` : told`${policy} (${number(policy, limit, policy)})`;
  }
  return told`${policy}`;
}

/** Any of these makes unknown_nmi_error() panic. */
const NMI_SETTINGS = ['unknown_nmi_panic', 'panic_on_unrecovered_nmi'] as const;

function nmiSettingTold(kernel: Kernel): Told | undefined {
  const set = NMI_SETTINGS.flatMap((name) => {
    const value = kernel.hasGlobal(name) ? kernel.attempt(name, () => kernel.global(name)) : undefined;
    return value === undefined || value === 0 ? [] : [{ ...number(name, value, name), text: name }];
  });
  return set.length === 0 ? undefined : toldList(set);
}

/** check_panic_on_warn(): panic() takes panic_on_warn back, and warnings are counted only where it was not set. */
function warnSetting(kernel: Kernel, message: string | undefined): string | Told | undefined {
  if (message?.includes('panic_on_warn set') === true) return 'panic_on_warn';
  const isLimited = message?.includes('warned too often') === true;
  if (!kernel.hasGlobal('warn_limit') || !kernel.hasGlobal('warn_count'))
    return isLimited ? 'warn_limit' : 'panic_on_warn';
  const limit = kernel.attempt('warn_limit', () => kernel.global('warn_limit'));
  const count = warnCount(kernel);
  if (limit === undefined || count === undefined) return isLimited ? 'warn_limit' : undefined;
  if (limit === 0 || count < limit) return 'panic_on_warn';
  return told`warn_limit (${number('warn_limit', limit, 'warn_limit')})`;
}
