/**
 * Lines → the lines that are wanted.
 *
 * @module
 */

import { LineHead } from "../record/line_head.ts";
import type { SliceFilter } from "./slice_filter.ts";

/** The lines that are wanted. */
export interface SelectedLines {
  /** The lines, each with its line end. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many they are. */
  events: number;
  /** Global position of the first of them; `undefined` for none. */
  first?: number;
  /** The same of the last. */
  last?: number;
}

/**
 * Leaves out what is not wanted.
 *
 * @param bytes Whole lines. What is wanted of them is moved up, in place.
 * @param filter Decides.
 * @param onWanted Told of each line that is wanted.
 * @returns The lines that are wanted.
 */
export function selectLines(
  bytes: Uint8Array<ArrayBuffer>,
  filter: SliceFilter,
  onWanted: (head: LineHead) => void,
): SelectedLines {
  const head = new LineHead();
  const selected: SelectedLines = { bytes, events: 0 };
  let kept = 0;
  for (let start = 0; start < bytes.length; start = head.end) {
    head.read(bytes, start);
    if (!filter.wants(head)) continue;
    onWanted(head);
    selected.events++;
    selected.first ??= head.globalPosition;
    selected.last = head.globalPosition;
    if (kept !== start) bytes.copyWithin(kept, start, head.end);
    kept += head.end - start;
  }
  selected.bytes = bytes.subarray(0, kept);
  return selected;
}
