/** Something that could not be read, and why. `what` in the kernel's words: "zone.free_area[3]". */
export interface Gap {
  readonly gap: true;
  readonly what: string;
  readonly reason: string;
  readonly address?: bigint;
}
