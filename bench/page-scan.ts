/**
 * How many struct pages a second the scan does, in one thread, from pages in the cache; the aim is 5 million. And what
 * that makes of a terabyte, whose 16 GiB of struct pages have to be read from the file besides.
 *
 *   npx tsc -p tsconfig.json --outDir .tmp/bench && node .tmp/bench/bench/page-scan.js [VMCORE]
 */
import { onlineNodes, scanPages } from '../src/linux/index.js';
import { openKernel } from '../src/session/open-kernel.js';

const FRAMES_OF_A_TERABYTE = 2 ** 28;

const kernel = await openKernel({ dump: [process.argv[2] ?? 'fixtures/6.1-global-panic/vmcore'] });
const [node] = onlineNodes(kernel);
if (node) {
  const start = node.node_start_pfn;
  const end = start + node.node_spanned_pages;
  const frames = Object.values(scanPages(kernel, start, end)).reduce((sum, count) => sum + count, 0);
  const rounds = 50;
  const began = performance.now();
  for (let round = 0; round < rounds; round++) scanPages(kernel, start, end);
  const perSecond = (frames * rounds * 1000) / (performance.now() - began);
  console.log(
    `${frames} frames, ${(perSecond / 1e6).toFixed(1)} million struct pages a second; a terabyte: ${(FRAMES_OF_A_TERABYTE / perSecond).toFixed(0)} s of scanning`,
  );
}
kernel.close();
