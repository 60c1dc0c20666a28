import { GapLog } from '../../src/kernel/gaps.js';
import { Guard } from '../../src/kernel/guard.js';
import type { Kernel } from '../../src/kernel/kernel.js';
import { noTypes } from '../../src/session/nothing-known.js';

/** As much of a kernel as the runner itself touches; what a plugin reads comes from toy kernels elsewhere. */
export function kernelStub(options: { missing?: Readonly<Record<string, string>> } = {}): Kernel {
  const stub = {
    release: '6.1.0',
    architecture: 'x86_64',
    gaps: new GapLog(),
    guard: new Guard(),
    types: noTypes,
    missing: (shape: string | { struct: string }) =>
      options.missing?.[typeof shape === 'string' ? shape : shape.struct],
    hasNamed: (struct: string) => !(struct in (options.missing ?? {})),
    gap(what: string, reason: string) {
      this.gaps.record({ gap: true, what, reason });
    },
  };
  return stub as unknown as Kernel;
}
