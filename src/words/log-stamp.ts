/** A message's time as the kernel prints it, in seconds: print_time() cuts what is less than a microsecond off. */
export function logStamp(ns: number): string {
  return (Math.floor(ns / 1000) / 1e6).toFixed(6);
}
