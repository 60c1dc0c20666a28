import { form, inOrder, numberIn, type EventKind } from '../event-kind.js';

export const boot: EventKind = {
  name: 'boot',
  forms: [
    form('Linux version ', /^Linux version (?<release>\d+\.\d+\S{0,80})/, ({ release }) => ({
      what: `Linux ${release}`,
      about: 'boot',
    })),
  ],
};

export const panic: EventKind = {
  name: 'panic',
  report: 'who',
  forms: [
    form('Kernel panic - not syncing', /^Kernel panic - not syncing: ?(?<message>.{0,300})/, ({ message = '' }) => ({
      what: message,
      about: message,
      message,
    })),
  ],
};

export const sysrq: EventKind = {
  name: 'sysrq',
  forms: [
    form(
      ['sysrq: ', 'SysRq'],
      /^(?:sysrq: )?(?:SysRq ?: |sysrq: )(?<what>[A-Za-z][\w ()/-]{2,60})/,
      ({ what = '' }) => ({
        what: what.startsWith('HELP') ? 'help' : what.trim(),
        ...(/crash/i.test(what) ? { gravity: 'grave' } : {}),
      }),
    ),
  ],
};

export const shutdown: EventKind = {
  name: 'shutdown',
  forms: [
    form(
      ['Restarting system', 'Power down', 'System halted'],
      /^(?:reboot: )?(?<what>Restarting system|Power down|System halted)\.?(?: with command .{0,40})?$/,
      ({ what }) => ({
        what: what!,
      }),
    ),
    form('Starting new kernel', /^(?:kexec_core: |kexec: )?Starting new kernel/, () => ({
      what: 'kexec: a new kernel',
    })),
  ],
};

/** Modules that taint the kernel. */
export const taint: EventKind = {
  name: 'taint',
  forms: [
    form(
      'taint',
      inOrder(/^(?<module>\w{1,56}): /, {
        what: [
          /loading out-of-tree module taints kernel/,
          /module verification failed: .{0,80}tainting kernel/,
          /module license '[^']{0,60}' taints kernel/,
          /no version magic, tainting kernel/,
          /loading test module taints kernel/,
        ],
      }),
      ({ module, what = '' }) => ({
        what: `module ${module}: ${what.startsWith('no version') ? 'no version magic' : shortened(what)}`,
        about: module!,
      }),
    ),
    form('from the staging directory', /^(?<module>\w{1,56}): module is from the staging directory/, ({ module }) => ({
      what: `module ${module}: staging`,
      about: module!,
    })),
    form('live kernel patch', /^livepatch: enabling patch '(?<patch>[^']{1,64})'/, ({ patch }) => ({
      what: `live patch ${patch}`,
    })),
  ],
};

function shortened(what: string): string {
  if (what.startsWith('loading out-of-tree')) return 'out of tree';
  if (what.startsWith('module verification')) return 'unsigned';
  if (what.startsWith('loading test')) return 'a test module';
  return what.replace(/^module /, '').replace(/ taints kernel$/, '');
}

export const hotplug: EventKind = {
  name: 'hotplug',
  forms: [
    form('is now offline', /^(?:smpboot: )?CPU ?(?<cpu>\d+) is now offline/, offline),
    form(': shutdown', /^CPU(?<cpu>\d+): shutdown$/, offline),
    form('ffline', /^(?:memory: )?[Oo]ffline[d]? (?:memory )?[Pp]ages (?<n>\d+)/, ({ n }) => ({
      what: `${n} pages of memory taken offline`,
      about: 'memory',
    })),
  ],
  over: [
    {
      needs: 'Booting Node',
      line: /^(?:smpboot: )?Booting Node \d+ Processor (?<cpu>\d+) APIC/,
      over: ({ cpu }) => ({ about: `CPU ${cpu}`, outcome: 'online again' }),
    },
  ],
};

function offline({ cpu }: Readonly<Record<string, string | undefined>>) {
  return { what: `CPU ${cpu} taken offline`, about: `CPU ${cpu}`, cpu: numberIn(cpu) };
}

export const suspend: EventKind = {
  name: 'suspend',
  forms: [
    form(
      ['suspend entry', 'hibernation entry', 'Preparing system for'],
      /^PM: (?:hibernation: )?(?<what>suspend entry|hibernation entry|Preparing system for)/,
      ({ what }) => ({
        what: what === 'hibernation entry' ? 'hibernation' : 'suspend',
        about: 'suspend',
      }),
    ),
    form(
      'refusing to freeze',
      /^Freezing (?:of tasks|user space processes|remaining freezable tasks) failed after (?<s>[\d.]+) seconds/,
      ({ s }) => ({
        what: `tasks could not be frozen in ${s} s`,
        about: 'freeze',
        gravity: 'trouble',
      }),
    ),
  ],
  over: [
    {
      needs: ['suspend exit', 'hibernation exit', 'Finishing wakeup'],
      line: /^PM: (?:hibernation: )?(?:suspend exit|hibernation exit|Finishing wakeup)/,
      over: () => ({ about: 'suspend', outcome: 'awake again' }),
    },
  ],
};
