import type { Kernel } from '../../kernel/kernel.js';

/** What `uname -a` says. */
export interface Uts {
  readonly sysname: string;
  readonly nodename: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
}

/** @throws ReadError, ShapeError */
export function uts(kernel: Kernel): Uts {
  const { sysname, nodename, release, version, machine } = kernel.global('init_uts_ns').name;
  return { sysname, nodename, release, version, machine };
}

/**
 * The machine's maker and BIOS, as "Hardware name" in a kernel's reports (DMI); empty where the machine says none.
 * @throws ReadError
 */
export function hardwareName(kernel: Kernel): string {
  return kernel.global('dump_stack_arch_desc_str').trim();
}

/** /proc/cmdline, with what the bootloader and the kernel's own configuration gave. @throws ReadError */
export function commandLine(kernel: Kernel): string {
  return (
    (kernel.hasGlobal('saved_command_line') ? kernel.global('saved_command_line') : null) ??
    kernel.global('boot_command_line')
  ).trim();
}
