import { addressOfPage, pageNumberOf } from '../memory/address-space.js';
import { Page } from '../memory/physical-memory.js';
import type { Kernel } from '../kernel/kernel.js';
import { inArea, type StackArea } from '../arch/stack/stack-area.js';
import { stacksOf } from '../arch/stack/stack-architectures.js';
import { codePlace, codeRanges } from './code.js';
import { sourceName } from '../words/source-name.js';
import { codeAddressOf, spOf, type Frame, type UnwoundStack } from '../arch/stack/frame.js';
import { returnAddress, type ReturnAddress } from './return-address.js';
import { unwind, type UnwindOptions } from './unwind.js';

/** A return address and where on the stack it stands. */
interface Candidate extends ReturnAddress {
  readonly at: bigint;
  readonly ip: bigint;
}

/** Where no chain leads to the bottom, so many of what was found are shown: the rest is older still. */
const MOST_LONE_CANDIDATES = 64;
/**
 * How far above its stack pointer a function's return address may be: CONFIG_FRAME_WARN's default, beyond which a build
 * warns.
 */
const LARGEST_FRAME = 2048n;
/** Chains that are tried: each of them may be as long as a stack. */
const MOST_TRIES = 256;

/**
 * Goes on where unwinding could not: looks for return addresses on the stack, and takes the first that unwinds from
 * there to the bottom; one behind a call of the very function that lost its caller is preferred. All of it is marked
 * `scanned`: stale words of earlier calls look the same. Only where the stack pointer is good and the nearest call of
 * that function leads to the bottom, nothing is in doubt: functions that no table describes (__crash_kexec) are passed
 * so.
 */
export function recover(
  kernel: Kernel,
  stack: UnwoundStack,
  areas: readonly StackArea[],
  options: UnwindOptions = {},
): UnwoundStack {
  if (stack.end === undefined) return stack;
  const last = stack.frames.at(-1);
  const rejoined = last && pastUndescribed(kernel, last, areas, options);
  if (rejoined) return { frames: [...stack.frames, ...rejoined] };
  const rest = scanned(kernel, last, areas, options);
  return rest.length === 0 ? stack : { ...stack, frames: [...stack.frames, ...rest] };
}

/** The frames from the caller of a function on, whose own frame no table describes. */
function pastUndescribed(
  kernel: Kernel,
  last: Frame,
  areas: readonly StackArea[],
  options: UnwindOptions,
): readonly Frame[] | undefined {
  const sp = spOf(last);
  const place = codePlace(kernel, codeAddressOf(last));
  if (last.area === undefined || sp === undefined || !inArea(last.area, sp) || place === undefined) return undefined;
  for (const candidate of candidatesIn(kernel, last.area, sp)) {
    if (candidate.at - sp > LARGEST_FRAME) return undefined;
    if (candidate.target !== place.start) continue;
    const chain = unwind(
      kernel,
      { ...frameAt(kernel, candidate, framePointer(kernel, last, candidate, last.area)), found: 'call' },
      areas,
      options,
    );
    return chain.end === undefined ? chain.frames : undefined;
  }
  return undefined;
}

function scanned(
  kernel: Kernel,
  last: Frame | undefined,
  areas: readonly StackArea[],
  options: UnwindOptions,
): readonly Frame[] {
  const from = last && spOf(last);
  const area = last?.area ?? areas.find(({ kind }) => kind === 'task');
  if (area === undefined) return [];
  const start = last?.area && from !== undefined ? from : area.low;
  const candidates = [...candidatesIn(kernel, area, start)];
  for (const candidate of byLikelihood(kernel, last, candidates).slice(0, MOST_TRIES)) {
    const chain = unwind(
      kernel,
      frameAt(kernel, candidate, framePointer(kernel, last, candidate, area)),
      areas,
      options,
    );
    if (chain.end === undefined) return chain.frames.map(asScanned);
  }
  return candidates
    .filter(({ callSeen }) => callSeen)
    .slice(0, MOST_LONE_CANDIDATES)
    .map((candidate) => ({ ...frameAt(kernel, candidate), area }));
}

/** First those behind a call of the function whose caller is sought, then all, lowest first. */
function byLikelihood(kernel: Kernel, last: Frame | undefined, candidates: readonly Candidate[]): readonly Candidate[] {
  const place = last && codePlace(kernel, codeAddressOf(last));
  if (place === undefined) return candidates;
  // A part that the compiler split off ("x.cold") is entered by a jump from the function itself.
  const whole = sourceName(place.function);
  const starts = new Set([place.start, ...kernel.symbols.lookup(whole).map(({ address }) => address)]);
  const calls = candidates.filter(({ target }) => target !== undefined && starts.has(target));
  return [...calls, ...candidates.filter((candidate) => !calls.includes(candidate))];
}

function frameAt(kernel: Kernel, { at, ip }: Candidate, framePointer?: bigint) {
  return { ...stacksOf(kernel).behindReturn(at, ip, framePointer), interrupted: false, found: 'scanned' as const };
}

/** The frame pointer of the last good frame, where it may still be that of a caller. */
function framePointer(kernel: Kernel, last: Frame | undefined, { at }: Candidate, area: StackArea): bigint | undefined {
  const found = last?.registers[stacksOf(kernel).registers.framePointer];
  return found !== undefined && found > at && inArea(area, found) ? found : undefined;
}

function asScanned(frame: Frame): Frame {
  return { ...frame, found: 'scanned' };
}

/** Every return address on a stack from an address on, ascending; pages that can't be read are passed over. */
function* candidatesIn(kernel: Kernel, area: StackArea, from: bigint): Generator<Candidate> {
  const start = ((from > area.low ? from : area.low) + 7n) & ~7n;
  if (start >= area.high) return;
  const highest = codeRanges(kernel).map(({ low }) => Number(low >> 32n));
  const halves = new Set(highest.flatMap((half) => [half, half + 1]));
  for (let number = pageNumberOf(start, kernel.memory); addressOfPage(number, kernel.memory) < area.high; number++) {
    kernel.guard.step();
    const page = kernel.memory.page(number);
    if (!(page instanceof Page)) {
      kernel.peek('a stack', () => kernel.memory.u8(addressOfPage(number, kernel.memory)));
      continue;
    }
    const base = addressOfPage(number, kernel.memory);
    for (let at = base < start ? Number(start - base) : 0; at + 8 <= page.view.byteLength; at += 8) {
      kernel.guard.step();
      if (!halves.has(page.view.getUint32(at + 4, true))) continue;
      const ip = page.view.getBigUint64(at, true);
      const found = returnAddress(kernel, ip);
      if (found) yield { ...found, at: base + BigInt(at), ip };
    }
  }
}
