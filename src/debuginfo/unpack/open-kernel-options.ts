export interface OpenKernelOptions {
  /** Where what is unpacked is kept. */
  cacheFolder?: string;
  /** Told now and then how much of a packed kernel is unpacked, and how long it says to be, in bytes. */
  onUnpacked?: (done: number, stated: number) => void;
}
