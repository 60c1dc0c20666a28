import { deviceName, interfaceName } from './identifiers.js';
import { kernelWords } from './kernel-words.js';

/**
 * Beside the kernel's words, what its threads are called after; those cut off at 15 characters are told by their
 * beginning.
 */
const threadWords: ReadonlySet<string> = new Set(
  `
  acpid addrconf aio ata aux backlog blkcg blockd bufio callback cfg80211 charger cifsd cifsiod cleaner compress cpuhp crypt cryptd crypto dax deferwq
  delalloc dio dmcrypt drm eh endio events fixup flushwq frag freespace freezable fscrypt hci hv hwrng ib idle_inject inet inject iod ip6 ipmi ipv6 iscsi
  jbd2 jfsio kauditd kblockd kcompactd kcryptd kdamond kdevtmpfs kdmflush khubd khvcd khungtaskd kintegrityd kmpath kmpathd kpsmoused
  krfcommd ksmd ksoftirqd kstrp kswapd kthr kthread kthreadd kthrotld kvfree kvm lazyinit lockd log loop mlx5 mld napi netns nfit nfsd nfsiod
  nfsv4 nvmet oom_reaper par pit pktgend poller power pmd psimon punt quota raid0 raid1 raid10 raid456 raid5 raid6 raid rcub rcuc rcuog rcuop rcuob
  rcuos rescan reset rmw rpciod rsv rude sff srp stor stopper storage swapper tmf tpm transaction ttm uas ucsi unbound
  usb vballoon vfio vhost virtio watchdogd wb wq wr xenbus xenwatch xfsaild xfsalloc xprtiod zswap
  acpi background conversion dev exp gp irq kworker migration mm reaper shrink slub sync thermal trace tasks
`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Names that threads of the kernel have on every machine. Whoever else calls himself so gives nothing away. */
const everywhere = [
  /^kworker\/u?\d+:\d+H?$/,
  /^(?:kswapd|kcompactd)\d+$/,
  /^(?:ksoftirqd|migration|cpuhp|swapper)\/\d+$/,
  /^(?:swapper|khugepaged|ksmd|khungtaskd|kthreadd|kdevtmpfs|kauditd|oom_reaper|writeback|kblockd)$/,
  /^rcu_(?:sched|preempt|bh|gp|par_gp)$/,
];

/** Whether a log's reader knows it for a kernel thread's name without a dump beside it. */
export function isEverywhere(comm: string): boolean {
  return everywhere.some((name) => name.test(comm));
}

/** TASK_COMM_LEN without its final zero: a longer name is cut off there. */
const longestComm = 15;

/** "vda" of "jbd2/vda-8" too. */
const devices = (
  [
    ['device', deviceName],
    ['interface', interfaceName],
  ] as const
).map(([kind, { source }]) => [kind, new RegExp(`(?<![A-Za-z\\d])${source}(?![A-Za-z\\d])`, 'g')] as const);

/**
 * The name of a kernel thread as others may see it: "kswapd0" as it is, "jbd2/vda-8" with a token for the device.
 * @returns undefined where a part of it is no word of the kernel's: it may be called after something of this machine
 */
export function shownThread(comm: string, token: (kind: string, name: string) => string): string | undefined {
  const found: [kind: string, name: string][] = [];
  const rest = devices.reduce(
    (left, [kind, form]) => left.replace(form, (name) => `\0${found.push([kind, name]) - 1}\0`),
    comm,
  );
  const parts = rest.split(/[/:+_ -]|\0\d+\0/);
  if (
    !parts.every(
      (part, at) =>
        isKernels(part.toLowerCase()) ||
        (comm.length === longestComm && at === parts.length - 1 && isBeginning(part.toLowerCase())),
    )
  )
    return undefined;
  return rest.replaceAll(/\0(\d+)\0/g, (_, at: string) => token(...found[Number(at)]!));
}

function isKernels(part: string): boolean {
  const word = part.replace(/\d+h?$/, '');
  return word.length < 2 || [part, word].some((one) => kernelWords.has(one) || threadWords.has(one));
}

function isBeginning(part: string): boolean {
  return [...threadWords, ...kernelWords].some((word) => word.startsWith(part));
}
