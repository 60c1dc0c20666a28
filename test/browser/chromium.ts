import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

/** The browser of this machine, spoken to through a pipe in its DevTools protocol; undefined where there is none. */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

/** For a test's title: says that it was skipped for want of a browser. */
export const inBrowser = chromium === undefined ? 'in a browser (skipped: there is no chromium)' : 'in a browser';

export interface Page {
  /** Console messages and errors so far, those of the page's policy among them. */
  readonly complaints: readonly string[];
  open(
    file: string,
    options?: { width?: number; height?: number; script?: boolean; dark?: boolean; print?: boolean },
  ): Promise<void>;
  /** An expression's value. */
  evaluate<T>(expression: string): Promise<T>;
  /** A PNG of the window, or of the first `height` pixels of the page. */
  picture(height?: number): Promise<Buffer>;
  pdf(): Promise<Buffer>;
  close(): Promise<void>;
}

interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** Starts the browser with one page. */
export async function startBrowser(): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'oompm-browser-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    '--no-first-run',
    '--disable-dev-shm-usage',
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
  ];
  const child = spawn(chromium!, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const [to, from] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const ended = new Promise<void>((done) => child.on('exit', () => done()));

  const waiting = new Map<
    number,
    { done: (result: Record<string, unknown>) => void; failed: (error: Error) => void }
  >();
  const listeners = new Map<string, ((params: Record<string, unknown>) => void)[]>();
  let rest = '';
  from.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\0');
    rest = parts.pop()!;
    for (const part of parts) take(JSON.parse(part) as Message);
  });
  void ended.then(() => {
    for (const { failed } of waiting.values()) failed(new Error('the browser ended'));
  });

  function take({ id, method, params, result, error }: Message): void {
    if (method !== undefined) for (const listener of listeners.get(method) ?? []) listener(params ?? {});
    const asked = waiting.get(id ?? -1);
    waiting.delete(id ?? -1);
    if (error !== undefined) asked?.failed(new Error(error.message));
    else asked?.done(result ?? {});
  }

  let count = 0;
  let sessionId: string | undefined;
  function ask(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++count;
    to.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
    return new Promise((done, failed) => waiting.set(id, { done, failed }));
  }
  function on(method: string, listener: (params: Record<string, unknown>) => void): void {
    listeners.set(method, [...(listeners.get(method) ?? []), listener]);
  }
  function next(method: string): Promise<void> {
    return new Promise((done) => {
      const once = (): void => {
        listeners.set(
          method,
          listeners.get(method)!.filter((one) => one !== once),
        );
        done();
      };
      on(method, once);
    });
  }

  const { targetId } = await ask('Target.createTarget', { url: 'about:blank' });
  sessionId = (await ask('Target.attachToTarget', { targetId, flatten: true }))['sessionId'] as string;
  const complaints: string[] = [];
  on('Runtime.consoleAPICalled', (params) => complaints.push(JSON.stringify(params['args'])));
  on('Runtime.exceptionThrown', (params) => complaints.push(JSON.stringify(params['exceptionDetails'])));
  // What the policy refuses is told here.
  on('Log.entryAdded', (params) => complaints.push((params['entry'] as { text: string }).text));
  for (const domain of ['Page', 'Runtime', 'Log']) await ask(`${domain}.enable`);

  async function evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await ask('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  return {
    complaints,
    evaluate,
    async open(file, { width = 1280, height = 900, script = true, dark = false, print = false } = {}) {
      complaints.length = 0;
      await ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
      await ask('Emulation.setScriptExecutionDisabled', { value: !script });
      await ask('Emulation.setEmulatedMedia', {
        media: print ? 'print' : '',
        features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }],
      });
      // By way of an empty page: to go where one is, but for the hash, loads nothing.
      for (const url of ['about:blank', pathToFileURL(file).href]) {
        const loaded = next('Page.loadEventFired');
        await ask('Page.navigate', { url });
        await loaded;
      }
    },
    async picture(height) {
      const width = await evaluate<number>('innerWidth');
      const { data } = await ask('Page.captureScreenshot', {
        format: 'png',
        ...(height === undefined ? {} : { captureBeyondViewport: true, clip: { x: 0, y: 0, width, height, scale: 1 } }),
      });
      return Buffer.from(data as string, 'base64');
    },
    async pdf() {
      const { data } = await ask('Page.printToPDF', { printBackground: true, paperWidth: 8.27, paperHeight: 11.69 });
      return Buffer.from(data as string, 'base64');
    },
    async close() {
      child.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
