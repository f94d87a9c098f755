/**
 * A thread that looks for masked values in some of the lines.
 *
 * @module
 */

import { residualHitsInMemoryMax, scanHitsAtOnceMax } from "../limits.ts";
import type { FilterParts } from "../residual/filter_parts.ts";
import type { RecordGroups } from "../residual/hashed_records.ts";
import { LineScan } from "../residual/line_scan.ts";
import type { SpooledLines } from "../mask_spool.ts";
import { serveThread } from "./thread.ts";

/** What it is asked, in this order. */
export type ScanRequest =
  /** `done` counts what has been looked through. */
  | { do: "begin"; filter: FilterParts; done: Int32Array }
  | { do: "scan"; lines: SpooledLines }
  /** The next hits. */
  | { do: "hits" }
  | { do: "close" };

/** Its reply: to `hits`, the hits and the names of their places; without hits at the end. */
export interface ScanReply {
  places?: readonly string[];
  hits?: Uint32Array<ArrayBuffer>;
}

let scan: LineScan | undefined;
let done: Int32Array | undefined;
let groups: RecordGroups | undefined;

serveThread<ScanRequest, ScanReply>((request) => {
  switch (request.do) {
    case "begin":
      scan = new LineScan(request.filter, residualHitsInMemoryMax);
      done = request.done;
      return { reply: {} };
    case "scan":
      scan!.scan(request.lines.bytes, request.lines.spans);
      Atomics.add(done!, 0, 1);
      return { reply: {} };
    case "hits": {
      groups ??= scan!.hits.groups();
      const hits = nextHits(groups);
      if (hits === undefined) return { reply: {} };
      return { reply: { places: scan!.places.names.all, hits }, buffers: [hits.buffer] };
    }
    case "close":
      scan?.[Symbol.dispose]();
      return { reply: {} };
  }
});

function nextHits(groups: RecordGroups): Uint32Array<ArrayBuffer> | undefined {
  const hits: number[] = [];
  while (hits.length < scanHitsAtOnceMax) {
    const group = groups.next();
    if (group === undefined) break;
    for (const number of group) hits.push(number);
  }
  return hits.length === 0 ? undefined : Uint32Array.from(hits);
}
