/** The last constant that goes into RDI: `mov $imm32, %rdi` (48 c7 c7) or `lea disp32(%rip), %rdi` (48 8d 3d). */
export function constantArgument(view: DataView, start: bigint, from: number, to: number): bigint | undefined {
  for (let at = to - 7; at >= from; at--) {
    const lock = loadsRdi(view, start, at);
    if (lock !== undefined) return lock;
  }
  return undefined;
}

function loadsRdi(view: DataView, start: bigint, at: number): bigint | undefined {
  if (at < 0 || at + 7 > view.byteLength || view.getUint8(at) !== 0x48) return undefined;
  const opcode = view.getUint8(at + 1);
  const modRm = view.getUint8(at + 2);
  if (opcode === 0xc7 && modRm === 0xc7) return BigInt.asUintN(64, BigInt(view.getInt32(at + 3, true)));
  if (opcode === 0x8d && modRm === 0x3d)
    return BigInt.asUintN(64, start + BigInt(at + 7 + view.getInt32(at + 3, true)));
  return undefined;
}
