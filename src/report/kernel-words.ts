/**
 * Words of the kernel's own messages about memory, tasks, locks, stalls, faults and disks: what it prints on every
 * machine. A message's other words may have come from this one. In lower case, parts of compounds singly ("total-vm",
 * "oom_score_adj").
 */
export const kernelWords: ReadonlySet<string> = new Set(
  `
  a about above abort aborted aborting absent accept accepted access accessing across action active activate activated add
  added address adj after again against all alloc allocate allocated allocating allocation allocations allow allowed also an and
  any are area arguments armed as at atomic attempt attempted available average avg awaiting away back backing backtrace bad balance
  based batch be became because become been before begin behind being below between bit bits block blocked blocking blocks boost
  boot booted both bounce bound break broken buddy budget buffer buffers bug busy but by byte bytes cache cached caches call called
  caller calls can cannot can't canonical capability chain change changed check checked child children clean cleared clock code
  collapse command comm commit committed compact compacted compaction completed completely compound compulsory condition config
  configured constraint contention context contiguous control controller copy core corrected corrupted corruption could count
  counter cpu cpus cpuset crash crashed critical ctrl current cut daemon data dead deadlock deadline debug dec default deferred
  delay delayed delta dentry dereference destroyed detected detector device devices die died direct dirty disable disabled disables
  disk dma does done double down drop dropped dropping due dump dumped dumping duplicate during each early echo either empty enabled
  end ended ending ends enough entered entries entry error errors event events exceeded exception excess excluded exclusive exec
  executable execute exist exit exited exiting expected expired extended failcnt failed failing failure fatal fault faulted
  faults fetch fifo file filesystem filter find first fixed flag flags flush flushed for force forced format found fqs frame free
  freed freeing frees from full function general generic get give global going good group groups had half halt halted handle
  handled handler handling hard hardware has hash have head held high highatomic highmem hit hog hogged hold holder holding holds
  host huge hugepages hugetlb hung hwpoisoned id idle if ignore ignored ignoring illegal image in inactive include inconsistent
  incorrect info init initialized inode inodes instead instruction insufficient internal interrupt interrupted interrupts interval into
  invalid invoked irq irqs is isolated issue it its itself job join kdump keep kernel kernels key kill killed killer killing kmem
  kswapd kthread kthreads large last later layout lazy leak leaked left length less level likely limit limited limits line linear
  linked list load loaded loading local lock locked locking locks lockup log logical long lost low lower lowmem lru made major managed
  many map mapped mapping mappings mask max maximum may mem memcg memory mems message messages migrate migration min minimum minor
  misc misses missing mlocked mm mode module modules more most mount mounted mounting movable moved much must mutex name nested new
  next nice nmi no node nodemask nodes non none nonzero normal not now null num number numa object objects of off offline offset
  old on once one online only oom oops opcode open opened operation option or order ordered other out over overflow overcommit
  owned owner owners page pagecache paged pages pagetables paging panic panicked parameters parent part passed path pattern pcp
  pcpu pending per percpu perf permanently permission pgtables phys physical pid pids pinned please point pointer pool port possible possibly
  preempt preemptible prefer present previous printk prio priority probably problem process processes processor progress
  protected protection provided push put queue queued queues quiescent quota rather rcu reach reached read reader readers reading
  ready real reaped reaper reason reboot rebooting reclaim reclaimable recovered recovery recursion recursive reduce refcount
  reference referenced register registered registers release released remaining remapping removed report reported request requested
  requests required reserve reserved reset resize resource responding responsible restore result resumed retry return returned
  rip root rss run runnable running runs sacrifice same save scan scanned scheduled scheduler scheduling score sec second seconds sector
  sectors section segfault segment self semaphore send sending set setting shared sharing short should shrink shutdown signal
  size skew skewed skipped slab slabs sleep sleeping slot slow smp so soft softirq some space spin spinlock stack stall stalled
  stalls start started starting starved starving state stats status still stop stopped stopping store stuck suppressed supervisor
  suspend swap swapcached swapents swapped switch symbol sync syncing syscall sysrq system table tables taint tainted take taken takes target task
  tasks terminated than that the them then there this thread threads threshold throttled through thus tick ticks time timed timeout
  timer times to too took total trace transfer trap traps tried trigger triggered trimmed try trying type uid unable unaligned
  unavailable under underflow unevictable unexpected unit unknown unlock unlocked unmap unmapped unmovable unreachable
  unrecoverable unreclaimable unstable until up update
  usage use used user uses using usable valid value values vector version very via virtual vm wait waiting wakeup want warn warning was
  watchdog watermark were when where which while will with within without work worker workers workqueue would write writeback
  writeout writepending writer writers writes writing written wrong yes you your zero zone zonelist zones

  cgroup cgroups del delete prev proc relocation sched sys
  balloon gpu hrtimer softlockup hardlockup
  acpi amd64 anon apic async bios bss bio blk btrfs cma cmd code comp conts dax dbus ebs ecc edac efi eflags err ext2 ext3 ext4 fd
  futex gdt gfp gp gpf hctx highuser idt intel io iommu ipi isr jbd2 jiffies kasan kcsan kernelcore kfence kfree khungtaskd kib khugepaged
  kmalloc kmsg ksm kvm lapic ldt linux lkdtm lockdep mb mce mib migratetype mmap mmu msecs msr ms nfs nokaslr ns nvme offsets op
  pf pfn pgd pmd prot pte ptes pud p4d qspinlock ram rodata rwdata rwsem scsi sd secs shmem smap smep smpboot srcu srso sunrpc swiotlb
  tcp tgid ppid thp tlb tsc udp uninterruptible us usecs vfs vma vmalloc vmstat vmscan x86 xfs xarray zram zswap zspages
  e820 range ranges hole bcddevice idproduct idvendor usb usbcore

  areas bdi cond deactivate demote faulting fallback grace period hotplug kworker kcompactd
  nr hint overcommitted pgactivate pgalloc pgdeactivate pgdemote pgfault pglazyfree pglazyfreed
  pgmajfault pgpgin pgpgout pgpromote pgrefill pgscan pgsteal proactive pswpin pswpout refault restore situ
  pmdmapped sock stat stats success surp swpin swpout tmp totalpages workingset nodereclaim 
  movableonly prefault gen kmemleak updates migrated vmpressure tree batch detaching
`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
