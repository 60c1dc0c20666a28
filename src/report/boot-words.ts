/**
 * Words of the messages that a kernel prints while it boots, on any machine: of memory, processors, interrupts, clocks,
 * mitigations, and its own parts as they start. No vendors, products or distributions, and none that a person, a host
 * or a program is likely to be called. Beside `kernelWords`, and apart from them: a name that is one of these is hidden
 * wherever it is known to be a name.
 */
export const bootWords: ReadonlySet<string> = new Set(
  `
  acquired adding adjust adjustable adjusted adjusting alg algorithm allowing alternatives api apparmor arch
  architecture aspm attack attributes audit auto aux aware backchannel bare barriers base baud binutils blacklist
  bogomips booting bpf bringing broadcast brought bucket buffering bugs built bus bypass cachelines calculated
  calibrate calibrating calibration callback capacity cb cblist cet cga channels checksum chip claimed clang clk clocks
  clocksource cmos colour compiled compress compressed configuration consider consistent console cores correctable
  cpuidle cpumask crng crossnode cstate ctr cyc cycles decrypted demotion dentries dependency descriptors devtmpfs dfl
  dies disabling dmi domain dquot driver dsdt dtlb dumps dynamic ebda ebpf embedded enable encrypted endpoint energy
  enlistment entropy established estimate evm ext extensions extents facp facs factor faking family fanout fast files
  filling filters finished fpu framework frequency ftrace fuse fxsave gap gb gcc gds geometry gib globally gnu governor
  gpes grouping gsi hangs hashing hc header heap hibernation hierarchical hierarchy hlt hot hotpluggable hpet hwalign
  hybrid ibpb ibrs ibt ide idles ids ima implementation information initcall initialise initialising initializing
  initmem initramfs initrd input instances int integrity interpreter invalidation ioapic iomem ip ipe irqchip itlb
  jiffy jitterentropy jump kaslr kbd keyboard keyring keyrings kprobe kprobes ladder landlock layer ld ldisc leaf
  legacy legacypic levels lim limiting lint listen lists lite llc lld lockdown lockref loglevel loop loops lpj lsm lz
  madt marking mds meltdown memblock memmap menu mhz microcode migratable minobjects mitigation mitigations mmcfg
  mmconfig mmio mobility monotonic mountpoint msi mtd mtrr mtrrs mwait necessary net netlink nmis nonboot nosave note
  nx nxe optimization optimized override ovr package packages paravirtualized parser passive pat pci pcie pebs
  performance phase pit platform plug plus pm pmu pnp pnpbios policies policy poll populated pps pre preallocated
  preallocating pref printing processors protecting protocol protocols ptdump pti ramdisk reduced refill refined
  registering regs rejecting remote remove requesting res reservations reserving restricting retbleed retpoline
  retpolines revision rfds ring rings rng rootfs routine routing rpc rsb rsdp rsdt rtc rtm rude safe sanitization scp
  secondary securityfs seeded segments selinux serial settings setup sgx sha shift shorthand sibling siblings sigframe
  sizes slub smbios smt socket software spectre spurious srat srbds src ssb static stepping stibp subsys successfully
  support supports swapgs switched switching symmetric sysctl taa tainting taints targets taskstats tests therm thermal
  tomoyo topo topology tracing traffic trampoline transfers translated transport trylock tscs tss tsx ttys uefi umip
  unaccepted uncompressed uninitialized unix unpack unpacking unsynchronized unused urandom usercopy utc variable
  variant vectors ver verification vga vgaarb virtio virtualization vmemmap vmexit vmscape vmx voluntary wake wb wbinvd
  wc whole workarounds wp wt xapic xsave xstate yama zlib zonelists
  `
    .split(/\s+/)
    .filter((word) => word !== ''),
);
