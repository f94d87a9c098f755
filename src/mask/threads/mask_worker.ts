/**
 * The thread that masks, keeps the masked lines, and looks through them with others.
 *
 * @module
 */

import type { MaskReport } from "../report/mask_report.ts";
import { MaskRun } from "../mask_run.ts";
import type { SpooledLines } from "../mask_spool.ts";
import type { MaskPolicy } from "../policy/policy.ts";
import { ScanThreads } from "./shared_scan.ts";
import { serveThread } from "./thread.ts";

/** What it is asked, in this order. */
export type MaskRequest =
  | { do: "begin"; policy: MaskPolicy; key: Uint8Array; scanThreads: number }
  /** To mask the first bytes of a buffer, which comes back. */
  | { do: "mask"; buffer: ArrayBuffer; length: number }
  /** To look through all that was masked. */
  | { do: "check" }
  /** The next masked lines. */
  | { do: "read" }
  | { do: "close" };

/** Its reply. */
export interface MaskReply {
  /** How much has been masked so far. */
  masked?: MaskedCounts;
  /** The buffer of what was masked. */
  buffer?: ArrayBuffer;
  /** What was done. */
  report?: MaskReport;
  /** Masked lines; absent at the end. */
  lines?: SpooledLines;
}

/** How much has been masked. */
export interface MaskedCounts {
  events: number;
  dropped: number;
  bytes: number;
}

/** What it tells without being asked: how many bytes have been looked through. */
export type MaskNews = number;

let run: MaskRun | undefined;
let scanThreads: ScanThreads | undefined;
let lines: Generator<SpooledLines> | undefined;
let isClosed = false;

const tell = serveThread<MaskRequest, MaskReply, MaskNews>(async (request) => {
  switch (request.do) {
    case "begin":
      run = new MaskRun(request.policy, request.key);
      scanThreads = new ScanThreads(request.scanThreads);
      return { reply: {} };
    case "mask": {
      const { buffer, length } = request;
      run!.add(new Uint8Array(buffer, 0, length));
      const { events, dropped, bytes } = run!;
      return { reply: { masked: { events, dropped, bytes }, buffer }, buffers: [buffer] };
    }
    case "check": {
      const residuals = await run!.residualsBy((scan, blocks) =>
        scanThreads!.scan(scan, blocks, (bytes) => {
          tell(bytes);
          return !isClosed;
        })
      );
      return { reply: { report: run!.report(residuals) } };
    }
    case "read": {
      lines ??= run!.lines();
      const { value, done } = lines.next();
      if (done) return { reply: {} };
      return { reply: { lines: value }, buffers: [value.bytes.buffer, value.spans.buffer] };
    }
    case "close":
      isClosed = true;
      await scanThreads?.[Symbol.asyncDispose]();
      run?.[Symbol.dispose]();
      return { reply: {} };
  }
});
