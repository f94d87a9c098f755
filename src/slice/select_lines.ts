/**
 * Lines → the lines that are wanted.
 *
 * @module
 */

import { LineHead } from "../record/line_head.ts";

/**
 * Looks at lines, and leaves out those that are not wanted.
 *
 * @param bytes Whole lines. What is wanted of them is moved up, in place.
 * @param wants Decides, from the beginning of each line.
 * @throws {EventoDBError} `INVALID_JSON` or `INVALID_RECORD`: a line is not a record.
 */
export function selectLines(
  bytes: Uint8Array<ArrayBuffer>,
  wants: (head: LineHead) => boolean,
): Uint8Array<ArrayBuffer> {
  const head = new LineHead();
  let kept = 0;
  for (let start = 0; start < bytes.length; start = head.end) {
    head.read(bytes, start);
    if (!wants(head)) continue;
    if (kept !== start) bytes.copyWithin(kept, start, head.end);
    kept += head.end - start;
  }
  return kept === bytes.length ? bytes : bytes.subarray(0, kept);
}
