/**
 * A folder in memory for small databases: most of the time that they take is that of a disk which is
 * told to sync. Whatever is tested of them is the same there.
 *
 * @module
 */

import { statfsSync } from "node:fs";

/** Less room may not do for all tests that run at once. */
const roomBytesMin = 4 * 1024 ** 3;

/** For `Deno.makeTempDir()`; `undefined`, its default, where the system has no such folder. */
export const memoryFolder: string | undefined = hasRoom("/dev/shm") ? "/dev/shm" : undefined;

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize >= roomBytesMin;
  } catch {
    return false;
  }
}
