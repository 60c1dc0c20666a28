import type { Architecture } from '../architecture.js';
import { x86_64 } from '../x86_64/x86_64.js';
import { x86_64Stacks } from '../x86_64/stack/x86_64-stacks.js';
import type { StackArchitecture } from './stack-architecture.js';

const stacks: ReadonlyMap<Architecture, StackArchitecture> = new Map([[x86_64, x86_64Stacks]]);

/** What a kernel's architecture says of stacks. @throws Error for one that says nothing of them */
export function stacksOf({ arch }: { readonly arch: Architecture }): StackArchitecture {
  const found = stacks.get(arch);
  if (found === undefined) throw new Error(`src/arch/stack has nothing on ${arch.name}`);
  return found;
}
