import { expect, test } from 'vitest';
import { log, table, columns } from '../../src/index.js';
import { bootWords } from '../../src/report/boot-words.js';
import { kernelWords } from '../../src/report/kernel-words.js';
import { redact } from '../../src/report/redact.js';
import { renderText } from '../../src/report/render-text.js';
import { reportOf, sectionOf } from './sample-report.js';

const shown = (lines: readonly string[], comms: readonly string[] = []): string[] => {
  const tasks = table(
    'T',
    columns([{ key: 'comm', title: 'C', type: 'task' }]),
    comms.map((comm) => ({ cells: { comm } })),
  );
  const view = log(
    'L',
    lines.map((text) => ({ text, facility: 0 })),
  );
  const text = [...renderText(redact(reportOf([sectionOf('log', [tasks, view])])))].join('');
  return text
    .slice(text.indexOf('\nL\n') + 3)
    .trimEnd()
    .split('\n');
};

test.each([
  'BIOS-e820: [mem 0x0000000000100000-0x0000000005fdffff] usable',
  'tsc: Fast TSC calibration failed',
  'MTRR map: 4 entries (3 fixed + 1 variable; max 19), built from 8 variable MTRRs',
  'ACPI: Early table checksum verification disabled',
  'Early memory node ranges',
  'Booting paravirtualized kernel on bare hardware',
  'Built 1 zonelists, mobility grouping on.  Total pages: 65406',
  'Calibrating delay loop (skipped), value calculated using timer frequency.. 4890.82 BogoMIPS (lpj=9781644)',
  'LSM: initializing lsm=lockdown,capability,landlock,yama,apparmor,tomoyo,bpf,ipe,ima,evm',
])('what a kernel prints as it boots stays: %s', (line) => {
  expect(shown([line])).toEqual([line]);
});

test('of the banner who built it and for what distribution is hidden, the compiler and the date stay', () => {
  expect(
    shown([
      'Linux version 6.1.0-test (jane@forge7) (gcc (Acme 12.2.0) 12.2.0, GNU ld) #1 SMP Thu Jan  1 00:00:00 UTC 2026',
    ]),
  ).toEqual([
    'Linux version 6.1.0-test (text-1@text-2) (gcc (text-3 12.2.0) 12.2.0, GNU ld) #1 SMP Thu Jan  1 00:00:00 UTC 2026',
  ]);
  // A person elsewhere.
  expect(shown(['acme: licensed to Jan'])).toEqual(['text-1: text-2 to text-3']);
});

test.each([
  ['smpboot: CPU0: Acme Turbo 9 (family: 0xf, stepping: 0x1)', /acme|turbo/i],
  ['scsi 0:0:0:0: Direct-Access ACME FastDisk 1.0 PQ: 0 ANSI: 5', /acme|fastdisk/i],
  ['DMI: Acme Rack 12, BIOS 1.2 04/01/2014', /acme|rack/i],
  ['usb 1-1: Product: Fast keyboard', /fast|keyboard/i],
  ['usb 1-1: SerialNumber: 20AB12CD', /20AB12CD/],
  ['Command line: root=UUID=01234567-89ab-cdef-0123-456789abcdef serial=fast', /root|fast|0123/],
  ['systemd[1]: Hostname set to <audit.example.com>.', /example/],
])('what tells of the machine is hidden: %s', (line, secret) => {
  expect(shown([line])[0]).not.toMatch(secret);
});

test('a boot word that is the name of a task is hidden, also where no message has a place for it', () => {
  expect(shown(['audit: initializing netlink subsys (disabled)'], ['audit'])).toEqual([
    'task-1: initializing netlink subsys (disabled)',
  ]);
});

test('no word is in both lists, and those of boot are plain lower case', () => {
  expect([...bootWords].filter((word) => kernelWords.has(word) || !/^[a-z]+$/.test(word))).toEqual([]);
});
