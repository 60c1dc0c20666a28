import { behindName, form, inOrder, placeIn, withoutNumbers, type EventKind } from '../event-kind.js';

/** What the kernel's own checks found: memory that was overwritten, pages and counters that can't be. */
export const corruption: EventKind = {
  name: 'corruption',
  report: 'who',
  forms: [
    form(
      'BUG: K',
      inOrder(/^BUG: (?<by>KASAN|KFENCE|KMSAN): (?<what>[\w -]{3,80}?) /, {
        where: [inOrder(/in (?<function>[\w.$]+)/, behindName), /on address [0-9a-f]+/],
      }),
      (groups) => ({
        what: `${groups['by']}: ${groups['what']}`,
        about: `${groups['what']} ${groups['function'] ?? ''}`,
        ...placeIn(groups),
      }),
    ),
    form(
      'BUG: Bad ',
      /^BUG: (?<what>Bad page (?:state|map|cache) in process .{1,64}?|Bad rss-counter state) {1,2}(?:pfn|pte|mm|ino):/,
      ({ what = '' }) => ({ what, about: withoutNumbers(what) }),
    ),
    form('BUG: ', /^BUG: (?<what>non-zero pgtables_bytes on freeing mm|Dentry .{1,200} still in use)/, ({ what }) => ({
      what: what!,
    })),
    form('UBSAN: ', /^UBSAN: (?<what>[\w -]{3,60}) in (?<source>\S{1,200})/, ({ what, source }) => ({
      what: `UBSAN: ${what} at ${source}`,
      about: `${what} ${source}`,
      gravity: 'trouble',
    })),
    form(
      'wap_',
      /^(?<what>(?:get_swap_device|swap_free|swap_dup|_swap_info_get): (?:Bad|Unused) swap (?:file|offset|entry)[^:]{0,60})/,
      ({ what }) => ({ what: what! }),
    ),
  ],
};

/** What SLUB and SLAB found as somebody allocated or freed. */
export const slabCorruption: EventKind = {
  name: 'corruption',
  report: 'found',
  forms: [
    form(
      'ainted',
      /^BUG (?<cache>\S{1,64})(?: \((?:Not tainted|Tainted: [^)]{0,60})\))?: (?<what>.{3,120})/,
      ({ cache, what }) => ({ what: `slab cache ${cache}: ${what}`, about: `${cache} ${withoutNumbers(what!)}` }),
    ),
    // Since 6.15 what was overwritten stands before it (isOverwritten).
    form('overwritten] ', /^\[(?<what>[A-Z][\w ]{2,40} overwritten)\] 0x[0-9a-f]+-0x/, ({ what }) => ({ what: what! })),
    form(
      'slab error in',
      /^slab error in \w+\(\): cache [`'](?<cache>[^']{1,64})': (?<what>.{3,120})/,
      ({ cache, what }) => ({ what: `slab cache ${cache}: ${what}`, about: `${cache} ${what}` }),
    ),
  ],
};

/** Rules of the kernel's own that its code broke: told by debugging options, nothing need have come of it. */
export const debugCheck: EventKind = {
  name: 'debug check',
  report: 'who',
  forms: [
    form(
      ['INFO: ', 'WARNING: ', 'BUG: '],
      inOrder(/^(?:\[ )?(?:INFO|WARNING|BUG): /, {
        what: [
          /possible (?:circular locking dependency|recursive locking|irq lock inversion dependency)/,
          /inconsistent lock state/,
          /\w+-safe -> \w+-unsafe lock order/,
          /suspicious (?:RCU|rcu_dereference_check\(\)) usage/,
          /bad (?:un|contention |contention un)?lock balance/,
          /held lock freed/,
          /[Ll]ock held when returning to user space/,
          /Nested lock was not taken/,
          /[Ii]nvalid wait context/,
          /bad unlock balance/,
          /trying to register non-static key/,
          /.{1,16}\/\d{1,10} still has locks held/,
        ],
      }),
      ({ what }) => ({ what: what! }),
    ),
    form(
      'BUG: ',
      inOrder(/^BUG: /, {
        what: [
          /sleeping function called from invalid context at (?<source>\S{1,200})/,
          /scheduling while atomic/,
          /using \w+\(\) in preemptible \[\w+\] code/,
          /spinlock \w+ ?\w*/,
          /rwlock \w+ ?\w*/,
          /unbalanced irqsave/,
          /atomic counter \w+/,
          /looking up invalid subclass/,
          /MAX_LOCK\w+ too low/,
          /MAX_STACK\w+ too low/,
          /workqueue leaked (?:lock or atomic|atomic, lock or RCU)/,
          /memory leak/,
          /key \w{1,16} has not been registered/,
        ],
      }),
      ({ what, source }) => ({ what: what!, about: source ?? withoutNumbers(what!) }),
    ),
    form('BUG: KCSAN', /^BUG: KCSAN: (?<what>.{3,160})/, ({ what }) => ({ what: `KCSAN: ${what}` })),
    form('kmemleak: ', /^kmemleak: (?<n>\d+) new suspected memory leaks/, ({ n }) => ({
      what: `kmemleak suspects ${n} leaks`,
      about: 'kmemleak',
    })),
  ],
};

/** Any other line that begins so: a name of a task stands never alone there. */
export const otherBug: EventKind = {
  name: 'corruption',
  report: 'who',
  forms: [
    // "… in name file.c:12 [inline]" is of a function that the one in the next line is made of.
    form(
      'BUG: ',
      /^BUG: (?!soft lockup|workqueue lockup|KCSAN|.{1,400}\[inline\] *$)(?<what>[A-Za-z][^:[]{2,120})/,
      ({ what }) => ({
        what: what!.trim(),
        about: withoutNumbers(what!),
      }),
    ),
  ],
};
