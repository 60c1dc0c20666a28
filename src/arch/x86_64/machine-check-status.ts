import type { HardwareError } from '../architecture.js';

/** MCi_STATUS, arch/x86/include/asm/mce.h. */
const VAL = 63n;
const OVER = 62n;
const UC = 61n;
const MISCV = 59n;
const ADDRV = 58n;
const PCC = 57n;

/** What MCi_STATUS says. */
export function hardwareError(status: bigint): HardwareError {
  const isSet = (bit: bigint): boolean => ((status >> bit) & 1n) === 1n;
  return {
    isValid: isSet(VAL),
    isUncorrected: isSet(UC),
    flags: [
      isSet(UC) ? 'uncorrected' : 'corrected',
      ...(isSet(PCC) ? ['processor context corrupt'] : []),
      ...(isSet(OVER) ? ['earlier errors lost'] : []),
    ],
    hasAddress: isSet(ADDRV),
    hasMisc: isSet(MISCV),
    code: codeInWords(Number(status & 0xffffn)),
  };
}

/** MCA error codes that stand for themselves. */
const simple: Readonly<Record<number, string>> = {
  0x0001: 'an unclassified error',
  0x0002: 'a parity error of the microcode ROM',
  0x0003: 'an error that another processor told of',
  0x0004: 'an error of the functional redundancy check',
  0x0005: 'an internal parity error',
  0x0006: 'code outside of SMRAM that was to run in SMM',
  0x0400: 'the internal timer ran out: no instruction ended for too long',
  0x0e0b: 'an I/O error',
};

/** Compound codes; bit 12 only says how corrected ones are counted. */
const compound: readonly (readonly [mask: number, is: number, words: (code: number) => string])[] = [
  [0xeffc, 0x000c, (code) => `an error of the cache${level(code)}`],
  [0xeff0, 0x0010, (code) => `an error of the ${kinds[(code >> 2) & 3] ?? ''}TLB${level(code)}`],
  [
    0xef80,
    0x0080,
    (code) =>
      `an error of memory${memory[(code >> 4) & 7] ?? ''}${(code & 15) === 15 ? '' : `, on channel ${code & 15}`}`,
  ],
  [
    0xef00,
    0x0100,
    (code) => `an error of the ${kinds[(code >> 2) & 3] ?? ''}cache${level(code)}${requests[(code >> 4) & 15] ?? ''}`,
  ],
  [0xe800, 0x0800, (code) => `an error of the bus or interconnect${requests[(code >> 4) & 15] ?? ''}`],
  [0xfc00, 0x0400, () => 'an internal error'],
];

const kinds: Readonly<Record<number, string>> = { 0: 'instruction ', 1: 'data ' };
const memory: Readonly<Record<number, string>> = {
  1: ', at a read',
  2: ', at a write',
  3: ', of an address or command',
  4: ', at scrubbing',
};
const requests: Readonly<Record<number, string>> = {
  1: ', at a read',
  2: ', at a write',
  3: ', at a read of data',
  4: ', at a write of data',
  5: ', at a fetch of instructions',
  6: ', at a prefetch',
  7: ', at an eviction',
  8: ', at a snoop',
};

/** 3 is any of them. */
function level(code: number): string {
  return (code & 3) === 3 ? '' : ` of level ${code & 3}`;
}

function codeInWords(code: number): string | undefined {
  return simple[code] ?? compound.find(([mask, is]) => (code & mask) === is)?.[2](code);
}
