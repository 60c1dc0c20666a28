/** File handles that stay open while a plugin runs in the same thread: dumps and vmlinuxes. */
const held = new Set<number>();

export function hold(fd: number): void {
  held.add(fd);
}

export function release(fd: number): void {
  held.delete(fd);
}

export function isHeld(fd: number): boolean {
  return held.has(fd);
}
