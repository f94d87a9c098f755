/**
 * The search for masked values by several threads, each with some of the lines.
 *
 * @module
 */

import { scanBlocksAheadMax } from "../../limits.ts";
import { nextTick } from "../../tick.ts";
import type { SpooledLines } from "../mask_spool.ts";
import type { ResidualScan } from "../residual/residual_scan.ts";
import type { ScanReply, ScanRequest } from "./scan_worker.ts";
import { Thread } from "./thread.ts";

/** Other threads that look for masked values. */
export class ScanThreads implements AsyncDisposable {
  readonly #threads: readonly Thread<ScanRequest, ScanReply>[];

  /** @param count How many there are besides this one. */
  constructor(count: number) {
    this.#threads = Array.from(
      { length: count },
      () =>
        new Thread<ScanRequest, ScanReply>(
          new Worker(new URL("./scan_worker.ts", import.meta.url), { type: "module" }),
        ),
    );
  }

  /**
   * Looks through all lines, here and in the other threads.
   *
   * @param scan Has all masked values, and gets what is found.
   * @param blocks The lines.
   * @param onScanned Called with the lines that have been looked through; `false` ends it.
   */
  async scan(
    scan: ResidualScan,
    blocks: Iterable<SpooledLines>,
    onScanned: (lines: number) => boolean,
  ): Promise<void> {
    const { filter } = scan;
    const pending = new Set<Promise<unknown>>();
    let failure: { error: unknown } | undefined;
    const isPending = (promise: Promise<unknown>) => {
      const settled = promise.catch((error) => failure ??= { error })
        .finally(() => pending.delete(settled));
      pending.add(settled);
    };
    for (const thread of this.#threads) isPending(thread.ask({ do: "begin", filter }));
    for (const lines of blocks) {
      const { bytes, spans } = lines;
      const { length } = bytes;
      const idle = this.#threads.find(({ waiting }) => waiting < scanBlocksAheadMax);
      if (idle === undefined) scan.scan(bytes, spans);
      else isPending(idle.ask({ do: "scan", lines }, [bytes.buffer, spans.buffer]));
      if (!onScanned(length)) return;
      // Replies of the others come in.
      await nextTick();
      if (failure !== undefined) throw failure.error;
    }
    await Promise.all(pending);
    if (failure !== undefined) throw (failure as { error: unknown }).error;
    for (const thread of this.#threads) await this.#takeHits(thread, scan);
  }

  async #takeHits(thread: Thread<ScanRequest, ScanReply>, scan: ResidualScan): Promise<void> {
    let take: ((hits: Uint32Array<ArrayBuffer>) => void) | undefined;
    for (;;) {
      const { places, hits } = await thread.ask({ do: "hits" });
      if (places === undefined || hits === undefined) return;
      take ??= scan.foundElsewhere(places);
      take(hits);
    }
  }

  /** Ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const thread of this.#threads) {
      // So that its temporary file goes.
      await thread.ask({ do: "close" }).catch(() => {});
      thread[Symbol.dispose]();
    }
  }
}
