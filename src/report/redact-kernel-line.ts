import { bootWords } from './boot-words.js';
import { kernelWords } from './kernel-words.js';

/** What gives names their tokens. */
export interface Tokens {
  /** The name's token; a new one where it has none. */
  token(kind: string, name: string): string;
  /** A token for words that are hidden for what they may be: elsewhere they stay. */
  text(words: string): string;
  isToken(word: string): boolean;
}

/**
 * Where the kernel's messages have what came from the machine, which may be any text, words of the kernel among it. The
 * match is what is hidden.
 */
const places: readonly (readonly [kind: string, place: RegExp])[] = [
  ['command-line', /(?<=\b(?:[Kk]ernel )?[Cc]ommand line: {0,4})\S.*$/],
  ['hardware', /(?<=\b(?:Hardware name|DMI): {0,4})\S.*$/],
  [
    'text',
    /(?<=\b(?:Product|Manufacturer|(?:serial|asset)(?: ?(?:number|no|tag))?|wwn|wwid|nqn|iqn|eui|label|uuid)\b[:= ]{1,4})\S.*$/i,
  ],
  ['string', /"(?!echo \d+ > \/proc\/sys\/)(?:[^"\\]|\\.)*"|(?<![\w])'[^']*'/],
  ['task', /^.+(?= invoked oom-killer: )/],
  ['task', /^.+(?=: page allocation (?:failure|stalls)\b)/],
  ['task', /(?<=\bComm: ).+?(?= +(?:Kdump: loaded +)?(?:Not tainted|Tainted: )|$)/],
  ['task', /(?<=\bcomm:? ).+?(?=: |$)/],
  ['task', /(?<=\b(?:[Kk]ill(?:ed)?|[Rr]eaped) process \d+,? ?(?:UID \d+,? ?)?\().*(?=\))/],
  ['task', /(?<=,task=).*(?=,pid=\d+)/],
  ['task', /(?<=\btask:).*?\S(?= +state:)/],
  ['task', /(?<=\btask ).*?\S(?=:\d+ (?:blocked|is blocked|<))/],
  ['task', /(?<=\bowned by task )\S.*(?=:\d+)/],
  ['task', /(?<=\bstuck for \d+s! \[).*(?=:\d+\]$)/],
  ['task', /(?<=\bscheduling while atomic: ).+(?=\/\d+\/0x)/],
  ['task', /(?<=\bPID: \d+, (?:name|comm): ).*$/],
  ['task', /(?<=^traps: |^)\S.*(?=\[\d+\]:? (?:segfault|general protection|trap|bad|killed))/],
  ['path', /(?<=\berror:? ?[\da-f]+ in ).+(?=\[[\da-f]+\+[\da-f]+\])/],
  [
    'cgroup',
    /(?<=\b(?:oom_memcg|task_memcg|cpuset)=)(?!\/?,).+?(?=,(?:oom_memcg|task_memcg|task|mems_allowed|global_oom)\b)/,
  ],
  ['cgroup', /(?<=\b[Mm]emory cgroup stats for ).+(?=:)/],
  ['cgroup', /(?<=\bTasks? in ).+(?= (?:killed|are going))/],
  ['cgroup', /(?<=\bresult of limit of ).+$/],
  ['host', /(?<=\b(?:nfs|lockd): server ).+(?= (?:not responding|OK|is not))/],
];

/**
 * Lines in which nothing is the machine's but names of modules and slab caches, which are no secret. The end of a stack
 * is no path.
 */
const wholly: readonly RegExp[] = [
  /^\s*Modules linked in:/,
  /^\s*<\/?(?:TASK|IRQ|NMI|SOFTIRQ|EOI|#[A-Z]{2})>\s*$/,
  /\(\d+ ticks this GP\) [\w=/ -]*$/,
  /^Tainted: \[[A-Z]\]=[A-Z_]+(?:, \[[A-Z]\]=[A-Z_]+)*$/,
  /^[\w:.-]+ +\d+KB +\d+KB$/,
];

/** What a kernel's stack, registers and code look like. */
const stackEntry = /[\w.$]+\+0x[\da-f]+\/0x[\da-f]+(?: \[[\w-]+(?:\([A-Z]+\))?\])?/y;
const symbolInStack = new RegExp(`^${stackEntry.source}$`);
const registers = /^\s*(?:RIP|[RE][ABCDS][XIP]|R\d\d|ORIG_RAX|EFLAGS|[C-GS]S|CR\d|DR\d|PKRU)\b/;
const registerNames =
  /^(?:[RE][ABCDS][XIP]|RIP|EIP|R\d\d?|ORIG_RAX|EFLAGS|[C-GS]S|CR\d|DR\d|GS|FS|knlGS|PKRU|PREEMPT(?:LAZY|_DYNAMIC|_RT)?|SMP|NOPTI|PTI|TASK|IRQ|NMI|EOI)$/;
const sourceFile =
  /^(?:arch|block|crypto|drivers|fs|include|init|io_uring|ipc|kernel|lib|mm|net|rust|security|sound|virt)\/[\w/.-]+\.[chS]$/;
const flagNames = /^_*(?:GFP|CONSTRAINT|PF|VM|MEMCG)(?:_[A-Z\d]+)+$/;
const quantity = /^[-+]?\d{1,20}(?:\.\d{1,9})?(?:[kKMGT]?i?B|[kKMGT]|%|[mun]?s)?$/;
const address = /^(?:0x[\da-f]{1,11}|(?:0x)?(?:ffff|0000)[\da-f]{12})$/i;
const dateWord = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|UTC|GMT)$/;
const separators = /[\s:;,()[\]{}<>=|!?"*#@]/;

/** PRINTK_MESSAGE_MAX: a longer line is none of the kernel's. */
const longestLine = 2048;

/** The names in a line of the kernel's, in the places where its messages have them. */
export function collectKernelNames(text: string, tokens: Tokens): void {
  for (const line of text.split('\n')) if (line.length <= longestLine) withoutNames(line, tokens);
}

/**
 * A message of the kernel's without what came from the machine: names in their places, then what `hide` knows, then
 * each word that is none of the kernel's. Numbers, symbols, registers and memory's addresses stay.
 * @param known words that every reader may see, such as the release
 */
export function redactKernelLine(
  text: string,
  tokens: Tokens,
  hide: (text: string) => string,
  known: ReadonlySet<string>,
): string {
  return text
    .split('\n')
    .map((line) =>
      line.length > longestLine
        ? tokens.text(line)
        : wholly.some((form) => form.test(line))
          ? line
          : withoutWords(hide(withoutNames(line, tokens)), tokens, known),
    )
    .join('\n');
}

/** A row of the OOM report's table of tasks: the name is its last column. */
const rowOfTask = /^(\[ *\d+\](?: +-?\d+)+ +)(\S.*)$/;

function withoutNames(line: string, tokens: Tokens): string {
  const tokenOf = (kind: string, name: string): string => (tokens.isToken(name) ? name : tokens.token(kind, name));
  return places.reduce(
    (left, [kind, place]) => left.replace(place, (name) => tokenOf(kind, name)),
    line.replace(rowOfTask, (_, numbers: string, name: string) => numbers + tokenOf('task', name)),
  );
}

function withoutWords(line: string, tokens: Tokens, known: ReadonlySet<string>): string {
  const ofLine = kindOf(line);
  const isShown = (word: string): boolean =>
    tokens.isToken(word) ||
    isKernels(word, ofLine, known) ||
    (word.includes('/') && word.split('/').every((part) => tokens.isToken(part) || isKernels(part, ofLine, known)));
  let out = '';
  let hidden = '';
  const flush = (): void => {
    const [, name = '', after = ''] = /^(.*?)(\s*)$/s.exec(hidden)!;
    out += (name === '' ? '' : tokens.text(name)) + after;
    hidden = '';
  };
  for (let at = 0; at < line.length;) {
    const word = wordAt(line, at);
    if (word === '') {
      const separator = line[at]!;
      // Words that are hidden together are one.
      if (hidden !== '' && separator === ' ') hidden += separator;
      else {
        flush();
        out += separator;
      }
      at++;
      continue;
    }
    if (isShown(word)) {
      flush();
      out += word;
    } else hidden += word;
    at += word.length;
  }
  flush();
  return out;
}

function wordAt(line: string, at: number): string {
  stackEntry.lastIndex = at;
  const entry = stackEntry.exec(line)?.[0];
  if (entry !== undefined) return entry;
  let end = at;
  while (end < line.length && !separators.test(line[end]!)) end++;
  return line.slice(at, end);
}

interface LineKind {
  code: boolean;
  registers: boolean;
  taints: boolean;
  blocks: boolean;
  banner: boolean;
}

function kindOf(line: string): LineKind {
  return {
    code: /^\s*Code: /.test(line),
    registers: registers.test(line),
    taints: /\bTainted: /.test(line),
    blocks: /\*\d+kB \(/.test(line),
    banner: line.startsWith('Linux version '),
  };
}

function isKernels(word: string, line: LineKind, known: ReadonlySet<string>): boolean {
  if (
    known.has(word) ||
    word.split(/(?<=\w)-(?=\w)/).every((part) => address.test(part)) ||
    quantity.test(word) ||
    registerNames.test(word) ||
    flagNames.test(word) ||
    sourceFile.test(word)
  )
    return true;
  if (symbolInStack.test(word)) return true;
  if (/^[A-Za-z]$/.test(word) || /^[^\p{L}\p{N}]+$/u.test(word)) return true;
  if (line.code && /^[\da-f]{2}$/.test(word)) return true;
  if (line.registers && /^[\da-f]{4,16}$/.test(word)) return true;
  if (line.taints && /^[A-Z]{1,19}$/.test(word)) return true;
  // Of when the kernel was built; elsewhere Jan and Mark are people.
  if (line.banner && dateWord.test(word)) return true;
  if (line.blocks && /^[CEHIMU]{1,6}$/.test(word)) return true;
  // "total-vm", "DMA32", "refcount_t", "syncing."
  return word
    .toLowerCase()
    .split(/[-_.+&~%$]/)
    .every(
      (part) =>
        part.length < 2 || isOfMessages(part) || isOfMessages(part.replace(/\d+$|'s$/, '')) || /^\d{1,9}$/.test(part),
    );
}

function isOfMessages(word: string): boolean {
  return kernelWords.has(word) || bootWords.has(word);
}
