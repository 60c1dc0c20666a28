import type { LockKind } from '../../src/locks/lock-kind.js';

/** A lock that no kernel has: its word is the task that has it, and a waiter's stack has its address. */
export const turnstile: LockKind = {
  name: 'turnstile',
  noun: 'turnstile',
  struct: 'struct turnstile',
  functions: {
    read: { acquire: ['turnstile_look'] },
    write: { acquire: ['turnstile_pass'], release: ['turnstile_leave'] },
    inside: ['turnstile_wait'],
  },
  sleeps: true,
  state: (kernel, address) => {
    const owner = kernel.memory.u64(address);
    return { words: owner === 0n ? 'free' : 'taken', held: owner !== 0n, ...(owner === 0n ? {} : { owner }) };
  },
  finders: [
    (kernel, { acquiring }) => {
      const frame = acquiring.frames.find(({ name }) => name === 'turnstile_wait')?.frame;
      const sp = frame?.registers[7];
      return sp === undefined ? undefined : { address: kernel.memory.u64(sp), how: ['its frame has the address'] };
    },
  ],
};
