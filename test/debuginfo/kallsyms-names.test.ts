import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeAddresses } from '../../src/debuginfo/kallsyms/addresses.js';
import { firstNamed, namesOf, readNames } from '../../src/debuginfo/kallsyms/names.js';
import { hashOf, TokenHashes } from '../../src/debuginfo/kallsyms/token-hashes.js';
import { readTokens } from '../../src/debuginfo/kallsyms/tokens.js';

/** 256 tokens: the printable characters at their codes, elsewhere these texts. */
function tokensOf(texts: readonly string[]) {
  const all = Array.from({ length: 256 }, (_, code) =>
    code >= 0x21 && code < 0x7f ? String.fromCharCode(code) : texts[code % texts.length]!,
  );
  const index = Buffer.alloc(512);
  let at = 0;
  all.forEach((text, code) => {
    index.writeUInt16LE(at, code * 2);
    at += text.length + 1;
  });
  return { all, tokens: readTokens(Buffer.from(all.join('\0') + '\0', 'latin1'), index)! };
}

const text = fc.string({ unit: fc.constantFrom(...'abcdefghij_0123456789'.split('')), minLength: 1, maxLength: 9 });

test('a hash is that of the bytes, whatever tokens they are put together from', () => {
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 20 }),
      fc.array(fc.nat(255), { minLength: 1, maxLength: 30 }),
      (texts, codes) => {
        const { all, tokens } = tokensOf(texts);
        const hashes = new TokenHashes(tokens);
        const [first, ...rest] = codes as [number, ...number[]];
        const name = codes
          .map((code) => all[code])
          .join('')
          .slice(1);
        expect(rest.reduce((hash, code) => hashes.append(hash, code), hashes.withoutFirst[first]!)).toBe(
          hashOf(Buffer.from(name, 'latin1')),
        );
      },
    ),
  );
});

test('every name is found where it stands, one that stands twice at both places, and no other', () => {
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 20 }),
      fc.array(fc.array(fc.nat(255), { maxLength: 9 }), { minLength: 1, maxLength: 30 }),
      text,
      (texts, bodies, other) => {
        const { all, tokens } = tokensOf(texts);
        const names = bodies.map((codes) => ['T'.charCodeAt(0), 'x'.charCodeAt(0), ...codes]);
        const packed = Buffer.from(names.flatMap((codes) => [codes.length, ...codes]));
        const read = readNames(packed, names.length, tokens, 'one byte')!;
        const table = namesOf(read, tokens, 'one byte');
        const texted = names.map((codes) =>
          codes
            .map((code) => all[code])
            .join('')
            .slice(1),
        );
        expect(texted.map((_, n) => table.names.of(n))).toEqual(texted);
        for (const name of [...texted, other]) {
          const places = texted.flatMap((one, n) => (one === name ? [n] : []));
          expect(table.names.find(name)).toEqual(places);
          expect(firstNamed(name, read, tokens, 'one byte')).toBe(places[0]);
        }
      },
    ),
  );
});

test('addresses in words are those in one number, over the edges of a word', () => {
  const edge = fc.oneof(
    fc.bigInt(0n, (1n << 64n) - 1n),
    fc.constantFrom(0n, 1n, 0xffff_ffffn, 0x1_0000_0000n, 0xffff_ffff_8000_0000n, 0xffff_ffff_ffff_ffffn),
  );
  const entry = fc.oneof(
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.constantFrom(0, -1, 1, 2 ** 31 - 1, -(2 ** 31)),
  );
  fc.assert(
    fc.property(edge, fc.array(entry, { minLength: 1, maxLength: 5 }), (base, entries) => {
      const bytes = Buffer.from(Int32Array.from(entries).buffer);
      const decoded = (coding: 'base-relative' | 'absolute per-CPU' | 'place-relative') => [
        ...decodeAddresses({ bytes, at: base, base, coding }, entries.length),
      ];
      expect(decoded('base-relative')).toEqual(entries.map((entry) => BigInt.asUintN(64, base + BigInt(entry >>> 0))));
      expect(decoded('absolute per-CPU')).toEqual(
        entries.map((entry) => BigInt.asUintN(64, entry >= 0 ? BigInt(entry) : base - 1n - BigInt(entry))),
      );
      expect(decoded('place-relative')).toEqual(
        entries.map((entry, n) => BigInt.asUintN(64, base + BigInt(n * 4 + entry))),
      );
    }),
  );
});
