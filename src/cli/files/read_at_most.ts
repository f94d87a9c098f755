/**
 * Files that are read whole, with a bound that holds for pipes and devices too, whose size nobody knows before.
 *
 * @module
 */

import { KiB } from "../../limits.ts";

const chunkBytes = 64 * KiB;

/**
 * Reads a file that was opened.
 *
 * @param bytesMax Most bytes.
 * @returns What is in it; `undefined` where that is more.
 */
export async function readAtMost(
  file: Pick<Deno.FsFile, "read">,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let bytes = new Uint8Array(Math.min(bytesMax + 1, chunkBytes));
  let length = 0;
  while (true) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) return bytes.subarray(0, length);
    length += count;
    if (length > bytesMax) return undefined;
    if (length === bytes.length) {
      const grown = new Uint8Array(Math.min(bytesMax + 1, 2 * length));
      grown.set(bytes);
      bytes = grown;
    }
  }
}
