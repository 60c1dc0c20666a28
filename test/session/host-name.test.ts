import { expect, test } from 'vitest';
import type { Dump } from '../../src/dump/dump.js';
import { toyKernel } from '../../src/testing/index.js';
import { hostOf } from '../../src/session/host-name.js';

const types =
  'struct new_utsname { char sysname[65]; char nodename[65]; char release[65]; char version[65]; char machine[65]; char domainname[65]; }; struct uts_namespace { struct new_utsname name; };';
const named = (nodename: string) =>
  toyKernel({ types, variables: { init_uts_ns: { type: 'struct uts_namespace', value: { name: { nodename } } } } });
const dump = (nodename?: string): Dump =>
  (nodename === undefined ? {} : { uname: { release: '6.1.0', version: '', machine: 'x86_64', nodename } }) as Dump;

test.each([
  ['the name in memory', named('db01'), dump('capture'), 'db01'],
  ['nobody gave one', named('(none)'), dump('(none)'), undefined],
  ['memory does not tell, the header does', toyKernel({ types: '' }), dump('db01'), 'db01'],
  ['neither does', toyKernel({ types: '' }), dump(), undefined],
])('%s', (_, kernel, file, host) => {
  expect(hostOf({ kernel, dump: file })).toBe(host);
});
