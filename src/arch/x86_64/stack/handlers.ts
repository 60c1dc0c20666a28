import type { DyingFunctions } from '../../stack/stack-architecture.js';

const exceptions = [
  'page_fault|invalid_op|general_protection|divide_error|double_fault|stack_segment|overflow|bounds|int3|debug',
  'machine_check|segment_not_present|invalid_tss|alignment_check|(?:simd_)?coprocessor_error|control_protection',
  'device_not_available|vmm_communication',
].join('|');

/** Of arch/x86, by the names in its sources, without what a compiler appended. */
export const dyingFunctions: DyingFunctions = {
  dying: named(
    // kernel/dumpstack.c; entry/entry_64.S
    'die|die_addr|__die|__die_body|__die_header|oops_begin|oops_end|rewind_stack_and_make_dead|rewind_stack_do_exit',
    // kernel/{crash,machine_kexec_64}.c
    'machine_kexec|machine_crash_shutdown|native_machine_crash_shutdown|kdump_nmi_callback|kdump_nmi_shootdown_cpus',
    'crash_nmi_callback|nmi_shootdown_cpus|crash_smp_send_stop',
    // kernel/{smp,process,reboot}.c
    'stop_this_cpu|native_stop_other_cpus|smp_stop_nmi_callback|(?:__)?sysvec_reboot|smp_reboot_interrupt',
  ),
  oops: named(
    'die|die_addr|__die|__die_body|oops_begin|oops_end|page_fault_oops|no_context|kernelmode_fixup_or_oops|show_fault_oops',
    'handle_stack_overflow|mce_panic|do_machine_check',
  ),
  handlers: named(
    // mm/fault.c, kernel/traps.c, entry/entry_64.S
    'page_fault_oops|kernelmode_fixup_or_oops|no_context|show_fault_oops|(?:__)?bad_area(?:_nosemaphore|_access_error)?',
    'do_kern_addr_fault|do_user_addr_fault|handle_page_fault|(?:__)?do_page_fault|do_trap|do_error_trap|handle_stack_overflow',
    'gp_try_fixup_and_notify|handle_bug|handle_invalid_op|fixup_bug|df_debug|handle_xfd_event',
    `(?:asm_|exc_|do_|__do_|async_)?(?:${exceptions})`,
    'error_entry|error_return|asm_\\w+|\\w*call_on_stack|\\w*call_irq_on_stack|common_interrupt|ret_from_intr',
    // kernel/nmi.c, events/
    'exc_nmi(?:_\\w+)?|do_nmi|nmi|(?:end_|first_)?repeat_nmi|default_do_nmi|nmi_handle|unknown_nmi_error|pci_serr_error',
    'io_check_error|mem_parity_error|perf_event_nmi_handler|\\w+_pmu_handle_irq|handle_pmi_common',
    // kernel/cpu/mce/core.c
    'mce_panic|mce_timed_out|mce_start|mce_end|mce_reign|do_machine_check|machine_check_poll|exc_machine_check_kernel',
    // kernel/apic/
    '(?:__)?sysvec_\\w+|(?:smp_|local_)?apic_timer_interrupt|timer_interrupt',
  ),
};

function named(...alternatives: readonly string[]): RegExp {
  return new RegExp(`^(?:${alternatives.join('|')})$`);
}
