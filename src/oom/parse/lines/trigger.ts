import { push, bounds, type Draft } from '../draft.js';
import type { LineKind } from '../line-kind.js';
import type { LogLine } from '../prefix.js';

/**
 * dump_header(): "comm invoked oom-killer: gfp_mask=0x…(names), order=0, oom_score_adj=0"; a comm may hold anything.
 */
export const trigger: LineKind = {
  name: 'trigger',
  role: 'trigger',
  needs: ' invoked',
  starts: /^.{1,64}? invoked(?: oom-killer(?::|$)|$)/,
  continues: /^(?:invoked\b|oom-killer|gfp_mask|\(?_*GFP_|\||,|order=|nodemask=|oom_|cpuset=|mems_allowed)/,
  continuesBare: /^[\w()|,=:-]/,
  open: (text) => !/oom_(?:score_)?adj=-?\d+/.test(text),
  token: /^(?:gfp_mask=0x[0-9a-f]+(?:\([^()]*\))?|(?:order|oom_score_adj|oom_adj)=-?\d+|oom-killer:|invoked),?$/,
  read(text, draft, line) {
    draft.trigger = 'oom';
    draft.triggerText = text;
    setTime(draft, line);
    const comm = /^(.*?) invoked oom-killer/.exec(text)?.[1];
    if (comm !== undefined && comm !== '') draft.comm = comm;
    readGfp(text, draft);
    const order = /\border=(-?\d+)/.exec(text);
    if (order !== null) draft.order = Number(order[1]);
    const adj = /\boom_score_adj=(-?\d+)/.exec(text);
    if (adj !== null) draft.oomScoreAdj = Number(adj[1]);
    const oldAdj = /\boom(?:_|kill)adj=(-?\d+)/.exec(text);
    if (oldAdj !== null) draft.oomAdj = Number(oldAdj[1]);
    readPlace(text, draft);
  },
};

/**
 * warn_alloc(): "comm: page allocation failure: order:5, mode:0x40dc0(names), nodemask=(null),cpuset=/,mems_allowed=0".
 */
export const allocationFailure: LineKind = {
  name: 'allocation failure',
  role: 'trigger',
  needs: 'alloc',
  starts:
    /^.{0,64}?: (?:page allocation(?: failure| stalls|$)|vmalloc(?: size| error|: allocation failure, allocated))/,
  continues: /^(?:failure|order:|mode:|\(?_*GFP_|\||,|nodemask=|cpuset=|mems_allowed)/,
  open: (text) =>
    !/mode:0x[0-9a-f]+/i.test(text) ||
    /nodemask=?$|,\s*$|\($|\|$/.test(text) ||
    (text.includes('(') && /mode:[^)]*$/.test(text)),
  continuesBare: /^[\w()|,=:-]/,
  token:
    /^(?:mode:0x[0-9a-f]+(?:\([^()]*\))?|order:\d+|allocation|failure:|nodemask=\(null\)|\S*cpuset=\S*,mems_allowed=[\d,-]+),?$/,
  read(text, draft, line) {
    draft.trigger = 'allocation-failure';
    draft.triggerText = text;
    setTime(draft, line);
    const parts = /^(.*?): ((?:page allocation|vmalloc)[^]*)$/.exec(text);
    if (parts !== null) {
      if (parts[1] !== '') draft.comm = parts[1]!;
      draft.failure ??= parts[2]!.replace(/,?\s*mode:[^]*$/, '').replace(/[:.,]?\s*order:\d+$/, '');
    }
    readGfp(text, draft);
    const order = /\border:(\d+)/.exec(text) ?? /page order (\d+)/.exec(text);
    if (order !== null) draft.order = Number(order[1]);
    readPlace(text, draft);
  },
};

/** "vmalloc: allocation failure: 17178820608 bytes", on a line of its own before the other (until 4.10). */
export const vmallocFailure: LineKind = {
  name: 'vmalloc failure',
  role: 'hint',
  starts: /^vmalloc: allocation failure: \d+ bytes/,
  read(text, draft) {
    draft.failure = text;
  },
};

/** sysrq-f: "sysrq: Manual OOM execution", before 4.x "SysRq : Manual OOM execution". */
export const sysrq: LineKind = {
  name: 'sysrq',
  role: 'hint',
  starts: /^sysrq\s*: Manual OOM execution/i,
  read(_text, draft) {
    draft.byHand = true;
  },
};

/** "comm cpuset=/ mems_allowed=0", until 5.0 a line of its own; lines of other CPUs can cut it in pieces. */
export const place: LineKind = {
  name: 'cpuset',
  role: 'body',
  needs: 'cpuset=',
  starts: /^(?:.{1,32} )?cpuset=\S* ?(?:mems_allowed=\S+)?$|^,cpuset=/,
  read: readPlace,
};

/**
 * "CPU: 3 PID: 23793 Comm: leaker Not tainted 5.2.0-rc7 #54", since 3.11; "Pid: 1, comm: init Not tainted 2.6.32 #1"
 * before.
 */
export const cpu: LineKind = {
  name: 'cpu',
  role: 'body',
  starts: /^(?:CPU: \d+ (?:UID: \d+ )?(?:PID|Pid): \d+|Pid: \d+, comm:)/i,
  continues: /^(?!CPU:|Hardware|Call|Tainted: \[|Workqueue)\S/,
  open: (text) => !/ #\S/.test(text),
  read(text, draft) {
    const found =
      /^CPU: (\d+) (?:UID: (\d+) )?PID: (\d+) Comm: (.*?)(?: Kdump: loaded)?(?: (Not tainted|Tainted: .*?))?(?:\s+(\d+\.\d+\S*)(?: (.*))?)?$/i.exec(
        text,
      ) ?? older(text);
    if (found === null) return;
    const [, onCpu, uid, pid, comm, taint, release, build] = found;
    const ofTheEvent =
      draft.comm === undefined ||
      draft.comm === comm?.trim() ||
      (draft.caller !== undefined && draft.caller === `T${pid}`);
    if (ofTheEvent && draft.pid === undefined) {
      if (onCpu !== undefined) draft.cpu = Number(onCpu);
      if (uid !== undefined) draft.uid = Number(uid);
      draft.pid = Number(pid);
      if (draft.trigger === undefined && comm !== undefined) draft.comm = comm.trim();
    }
    if (draft.release !== undefined || release === undefined) return;
    draft.release = release;
    if (build !== undefined && build !== '') draft.build = build.trim();
    if (taint !== undefined) draft.taint = taint === 'Not tainted' ? '' : taint.slice('Tainted: '.length).trim();
  },
};

/** "Hardware name: …", since 3.11. */
export const hardware: LineKind = {
  name: 'hardware',
  role: 'body',
  starts: /^Hardware name: /,
  continues: /^(?!Call|Workqueue|Stack|pstate|[<[])\S/,
  // What follows tells a broken one from a whole one: only a line without a stamp is taken, once.
  open: (text) =>
    text.length < 100 && !/\d\d\/\d\d\/\d{4}$/.test(text) && !/\((?:DT|Flattened Device Tree)\)$/.test(text),
  read(text, draft) {
    draft.hardware ??= text.slice('Hardware name: '.length);
  },
};

/** "Linux version 5.6.0-rc1 (…)": boot logs that hold no CPU line before their first failure. */
export const version: LineKind = {
  name: 'version',
  role: 'hint',
  starts: /^Linux version \d+\.\d+/,
  read(text, draft) {
    draft.release ??= /^Linux version (\S+)/.exec(text)![1]!;
  },
};

const traceLines = [
  /^(?:Call [Tt]race:|Backtrace:|Stack ?:|<\/?(?:TASK|IRQ|NMI|SOFTIRQ|#DF)>)/,
  /^(?:\[[0-9a-f]{8,16}\] \[[0-9a-f]{8,16}\]\s+|\(?\[<[0-9a-f]+>\]\s*)?\(?(?:\? )?[\w.$]+\+0x[0-9a-f]+(?:\/0x[0-9a-f]+)?/,
  /^\[<[0-9a-f]{8,16}>\] \(/,
  /^\S+ from \S+\+0x/,
  /^(?:\? )?[\w.$]+ \([\w./-]+:\d+[ )]/,
];

export const trace: LineKind = {
  name: 'trace',
  role: 'body',
  starts: eitherOf(traceLines),
  read(text, draft) {
    if (draft.sawMemInfo || draft.tasks !== undefined) return;
    draft.section = 'trace';
    push(draft, draft.trace, text, bounds.trace, 'lines of trace');
  },
};

/** Of x86, arm64, powerpc, RISC-V, s390, arm. */
const registerLines = [
  /^(?:(?:E|R)?(?:IP|SP|AX|BX|CX|DX|SI|DI|BP):|R\d\d:|RSP:|Code:)/,
  /^(?:pstate|pc :|lr :|sp :|x\d+ ?:)/,
  /^(?:NIP|LR |GPR\d|MSR|CTR)/,
  /^(?:epc ?:|ra :|a\d :)/,
  /^(?:PSW|Krnl)/,
  /^(?:Exception stack|df[ace]0:|[0-9a-f]{4}: {2,})/,
];

export const registers: LineKind = {
  name: 'registers',
  role: 'body',
  starts: eitherOf(registerLines),
  read(text, draft) {
    if (!draft.sawMemInfo) push(draft, draft.registers, text, bounds.registers, 'lines of registers');
  },
};

function eitherOf(forms: readonly RegExp[]): RegExp {
  return new RegExp(forms.map(({ source }) => source).join('|'));
}

function readGfp(text: string, draft: Draft): void {
  const found = /(?:gfp_mask=|mode:)0x([0-9a-f]+)(?:\(([^()]*)\)?)?/i.exec(text);
  if (found === null) return;
  draft.gfpMask = Number.parseInt(found[1]!, 16);
  // %pGg prints flags that it has no name for as a number; an empty () is a mask of 0.
  if (found[2] !== undefined)
    draft.gfpNames = found[2]
      .split('|')
      .map((name) => name.trim())
      .filter((name) => name !== '');
}

function readPlace(text: string, draft: Draft): void {
  const nodemask = /\bnodemask=(\(null\)|[\d,-]+?)(?=,?(?:cpuset|order)|, |\s|$)/.exec(text);
  if (nodemask !== null) draft.nodemask ??= nodemask[1]!;
  const cpuset = /\bcpuset=(.*?)(?=[, ]mems_allowed|$)/.exec(text);
  if (cpuset !== null && cpuset[1] !== '') draft.cpuset ??= cpuset[1]!;
  const allowed = /\bmems_allowed=([\d,-]+)/.exec(text);
  if (allowed !== null) draft.memsAllowed ??= allowed[1]!;
}

function setTime(draft: Draft, line: LogLine): void {
  if (line.time !== undefined) draft.time = line.time;
}

function older(text: string): RegExpExecArray | null {
  const found = /^Pid: (\d+), comm: (.*?)(?: (Not tainted|Tainted: .*?))? \(?(\d+\.\d+\S*?)\)?(?: (.*))?$/i.exec(text);
  if (found === null) return null;
  const [all, pid, comm, taint, release, build] = found;
  // The same places as the newer line's: no CPU and no UID there.
  return Object.assign([all, undefined, undefined, pid, comm, taint, release, build] as unknown as RegExpExecArray, {
    index: 0,
    input: text,
  });
}
