import type { EventKind } from '../event-kind.js';
import { corruption, debugCheck, otherBug, slabCorruption } from './checks.js';
import { bug, oops } from './die.js';
import { deviceReset, ioError } from './disks.js';
import { fileSystem } from './file-system.js';
import { clock, hardwareError, nmi, thermal } from './hardware.js';
import { boot, hotplug, panic, shutdown, suspend, sysrq, taint } from './life.js';
import { hardLockup, hungTask, rcuStall, scheduler, softLockup, workqueue } from './lockups.js';
import { allocationFailure, daemonKill, swap } from './memory.js';
import { limit, link, server } from './network.js';
import { userFault } from './user-fault.js';
import { warning } from './warning.js';

/**
 * Every kind of event that lines tell of; OOM reports are the OOM parser's. The more particular before the more
 * general, and those whose lines begin with a task's name, which may be anything, before all.
 */
export const eventKinds: readonly EventKind[] = [
  userFault,
  panic,
  softLockup,
  hardLockup,
  hungTask,
  rcuStall,
  workqueue,
  warning,
  debugCheck,
  oops,
  bug,
  corruption,
  slabCorruption,
  otherBug,
  allocationFailure,
  daemonKill,
  ioError,
  fileSystem,
  deviceReset,
  hardwareError,
  nmi,
  thermal,
  link,
  server,
  limit,
  scheduler,
  taint,
  swap,
  hotplug,
  suspend,
  clock,
  sysrq,
  shutdown,
  boot,
];
