import { gatherGaps } from '../kernel/gathered-gaps.js';
import type { Kernel } from '../kernel/kernel.js';
import { kernelRecords } from '../linux/printk/kernel-records.js';
import { duration, word } from '../words/known-facts.js';
import { logStamp } from '../words/log-stamp.js';
import { told, type Told } from '../words/told.js';
import type { Ending } from './ending.js';

const TAINTS = /: (?:loading|module) .*\btaint(?:s|ing) kernel/;

/**
 * When the module of the culprit was loaded, where that tainted the kernel. No struct has the time, and of modules that
 * are the kernel's own the log says nothing.
 */
export function loadedTold(kernel: Kernel, { culprit: { activations }, panic }: Ending): Told[] {
  const module = activations.find(({ place }) => place !== undefined)?.place?.module;
  if (module === undefined) return [];
  const { result: records } = gatherGaps(kernel, () => kernelRecords(kernel));
  const found = records.find(({ text }) => text.startsWith(`${module}: `) && TAINTS.test(text));
  if (found?.timeNs === undefined) return [];
  const before =
    panic.timeNs === undefined
      ? ''
      : told`, ${duration('module.loaded before', panic.timeNs - found.timeNs, 'the log')} before the panic`;
  const line = word('module.line', found.text, 'the log');
  return [
    told`${word('module', module, 'module.name')} tainted the kernel as it was loaded${before}: [${logStamp(found.timeNs)}] ${line}`,
  ];
}
