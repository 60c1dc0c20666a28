import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser } from './chromium.js';

/** Each page as it is first seen: at a desk, on a phone, on paper, in the dark. */
const pictures = [
  { page: 'global', name: 'global-desk', width: 1280, height: 800 },
  { page: 'global', name: 'global-phone', width: 390, height: 844 },
  { page: 'global', name: 'global-paper', width: 794, height: 1123, print: true },
  { page: 'cgroup', name: 'cgroup-desk', width: 1280, height: 800 },
  { page: 'lock', name: 'lock-desk-dark', width: 1280, height: 800, dark: true },
  { page: 'lock', name: 'lock-phone', width: 390, height: 844 },
] as const;

const [from, to] = process.argv.slice(2);
const browser = await startBrowser();
for (const { page, name, ...window } of pictures) {
  await browser.open(join(from!, `${page}.html`), window);
  writeFileSync(join(to!, `${name}.png`), await browser.picture());
}
await browser.close();
