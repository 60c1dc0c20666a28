/**
 * What reading a log costs: MB/s on plain lines, and on 100 MB of noise around one event, with the peak of memory.
 * As ratios to what a user would run instead: `grep -E` for the same words over the same bytes.
 *
 *   npx jiti bench/explain.ts
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReadStream } from 'node:fs';
import { explainLog } from '../src/oom/index.js';
import { globalReport } from '../test/oom/text.js';

const folder = mkdtempSync(join(tmpdir(), 'oompm-bench-'));
try {
  const plain = lines(100e6);
  await measure('plain lines', plain, 0);
  const middle = Math.floor(plain.length / 2);
  const cut = plain.indexOf(0x0a, middle) + 1;
  await measure(
    'noise around one event',
    Buffer.concat([plain.subarray(0, cut), Buffer.from(globalReport), plain.subarray(cut)]),
    1,
  );
  const reports = Buffer.from(globalReport.repeat(Math.ceil(20e6 / globalReport.length)));
  await measure('nothing but reports', reports, Math.ceil(20e6 / globalReport.length));
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(name: string, log: Buffer, wanted: number): Promise<void> {
  const file = join(folder, 'log');
  writeFileSync(file, log);
  const before = process.memoryUsage().rss;
  let peak = before;
  const began = performance.now();
  let found = 0;
  const watched = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) {
      peak = Math.max(peak, process.memoryUsage.rss());
      yield piece as Buffer;
    }
  };
  for await (const _ of explainLog(watched())) found++;
  const seconds = (performance.now() - began) / 1000;
  const grepBegan = performance.now();
  spawnSync('grep', ['-cE', 'invoked|oom-|oom_|ed process|ill process|page allocation|Mem-Info|pages RAM', file]);
  const grepSeconds = (performance.now() - grepBegan) / 1000;
  const speed = log.length / 1e6 / seconds;
  console.log(
    `${name}: ${speed.toFixed(0)} MB/s, ${(grepSeconds / seconds).toFixed(2)} of grep's speed, ${found} of ${wanted} events, ${((peak - before) / 1e6).toFixed(0)} MB more at the peak`,
  );
}

function lines(size: number): Buffer {
  const parts: string[] = [];
  for (let length = 0, i = 0; length < 4e6; i++) {
    const line = `[${(i * 1.37).toFixed(6).padStart(12)}] usb 1-${i % 9}: new high-speed USB device number ${i % 127} using xhci_hcd in room ${i}\n`;
    parts.push(line);
    length += line.length;
  }
  const block = Buffer.from(parts.join(''));
  return Buffer.concat(Array.from({ length: Math.ceil(size / block.length) }, () => block));
}
