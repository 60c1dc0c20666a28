import { expect, test } from 'vitest';

import { imports, texts } from '../../scripts/layers.js';

/** Where an architecture's own words stand for a reason. */
const exempt: readonly (readonly [path: RegExp, reason: string])[] = [
  [/^src\/arch\//, 'the seam itself'],
  [/^src\/testing\//, 'toy machines are of x86_64'],
  [/^symbols\//, 'data by header; what is of one architecture has its path in the comment'],
  [/^src\/oom\/parse\//, 'what logs of every architecture print'],
  [/^src\/oopstext\//, 'what logs of every architecture print'],
  [/^src\/timeline\/(?:report-lines|wrapped-lines|kinds\/[\w-]+)\.ts$/, 'what logs of every architecture print'],
  [/^src\/report\/(?:redact-kernel-line|kernel-words)\.ts$/, 'registers as the kernel prints them'],
  [/^src\/bytes\/elf\.ts$/, "the names of ELF's machine numbers"],
];

/** Words of x86 and sizes of its pages that nothing above the seam says, comments aside. */
const words: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a register', /\b[re](?:[abcd]x|[sd]i|[sb]p|ip|flags)\b|\bcr[0234]\b|\borig_ax\b|\bgsBase\b/i],
  ["a register of struct pt_regs, or of System V's ABI", /\.(?:bp|di|si|ax|dx|cs|ss)\b|\bDWARF\.\w|'(?:di|bp)'/],
  ['an address that is fixed', /0xffff_?f{4}_?8000_?0000|0xffff_?8880|__START_KERNEL_map|phys_base/i],
  ['a page of 4 KiB', /(?:<<|>>>?) ?12n?\b|\bpageSize: 4096|\bPAGE(?:_SIZE|_BYTES)? = 4096|& ?(?:0xfffn?|4095n?)\b/],
  ['an architecture', /\bx86\b|\bx86_64\b|\bamd64\b|\bbzImage\b/i],
  ['entry and stacks', /\borc\b|cea_exception|entry_stack_page|hardirq_stack_ptr|inactive_task_frame|__x64_sys/i],
];

/** The opcodes of calls, jumps, moves and the lock prefix; decoders of packed data have bytes of their own. */
const opcodes = /\b0x(?:e8|e9|8b|8d|c7|0fba|f0)\b/i;
const decoders = /^src\/(?:bytes|debuginfo)\//;

/** Where a word stands that is another thing of the same name: the line has to have the text. */
const sameName: readonly (readonly [file: string, text: string, why: string])[] = [
  ['src/debuginfo/unpack/unpack-vmlinux.ts', 'nor a bzImage.', 'what a user is told that a kernel may be packed in'],
];

const above = [...texts].filter(([file]) => !exempt.some(([path]) => path.test(file)));

test('nothing above the seam says a word of an architecture', () => {
  const said = above.flatMap(([file, text]) =>
    withoutComments(text)
      .split('\n')
      .flatMap((line) =>
        [...words, ...(decoders.test(file) ? [] : [['an opcode', opcodes] as const])]
          .filter(([, pattern]) => pattern.test(line))
          .filter(() => !sameName.some(([own, part]) => own === file && line.includes(part)))
          .map(([what]) => `${file} has ${what}: ${line.trim()}`),
      ),
  );
  expect(said).toEqual([]);
});

test('the words are found at all', () => {
  const found = (line: string) =>
    [...words, ['an opcode', opcodes] as const].filter(([, word]) => word.test(line)).length;
  for (const line of [
    'registers.rip',
    'const { cr3 } = control;',
    'entry.registers.di',
    'const BASE = 0xffff_ffff_8000_0000n;',
    'address >> 12n',
    "if (kernel.architecture !== 'x86_64')",
    'orcLookup; const orc = 1;',
    'code[at] === 0xe8',
  ])
    expect(found(line), line).toBeGreaterThan(0);
  for (const line of ['description', 'const ripe = 1;', 'value >> 2n', "'sp' in frame", 'record'])
    expect(found(line), line).toBe(0);
});

test('an exemption is of files that are there, and none is without use', () => {
  for (const [path] of exempt)
    expect(
      [...texts.keys()].some((file) => path.test(file)),
      String(path),
    ).toBe(true);
  for (const [file, part] of sameName) expect(texts.get(file), file).toContain(part);
});

test("an architecture's files are imported by it and by the two that choose", () => {
  const own = /^src\/arch\/x86_64\//;
  const choosers = ['src/arch/architectures.ts', 'src/arch/stack/stack-architectures.ts'];
  const wrong = imports.filter(
    ({ from, to }) => own.test(to) && !own.test(from) && !choosers.includes(from) && !from.startsWith('src/testing/'),
  );
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[^]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ''))
    .replaceAll(/(?<!:)\/\/.*/g, '');
}
