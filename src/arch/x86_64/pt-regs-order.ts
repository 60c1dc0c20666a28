/**
 * The members of struct pt_regs in their order, eight bytes each: part of the ABI, the same in every kernel. An
 * NT_PRSTATUS begins its registers (struct user_regs_struct) with them.
 */
export const PT_REGS_ORDER = [
  'r15',
  'r14',
  'r13',
  'r12',
  'bp',
  'bx',
  'r11',
  'r10',
  'r9',
  'r8',
  'ax',
  'cx',
  'dx',
  'si',
  'di',
  'orig_ax',
  'ip',
  'cs',
  'flags',
  'sp',
  'ss',
] as const;

export type GeneralRegister = (typeof PT_REGS_ORDER)[number];

/** General registers as `struct pt_regs` names them. */
export type X86Registers = Readonly<Record<GeneralRegister, bigint>>;

const CS_PRIVILEGE = 3n;

/** user_mode() in the kernel. */
export function isUserMode({ cs }: Pick<X86Registers, 'cs'>): boolean {
  return (cs & CS_PRIVILEGE) !== 0n;
}
