/**
 * The search for masked values by several threads, each with some of the lines.
 *
 * @module
 */

import { delay } from "../../deps/delay.ts";
import { scanBlocksAheadMax, scanRepliesEveryMs } from "../limits.ts";
import type { SpooledLines } from "../mask_spool.ts";
import type { ResidualScan } from "../residual/residual_scan.ts";
import type { ScanReply, ScanRequest } from "./scan_worker.ts";
import { Thread } from "./thread.ts";

/** Another thread, and how many blocks it was sent and has looked through. */
interface Helper {
  readonly thread: Thread<ScanRequest, ScanReply>;
  /** In shared memory: replies do not come in while this thread is at work. */
  readonly done: Int32Array;
  sent: number;
}

/** Other threads that look for masked values. */
export class ScanThreads implements AsyncDisposable {
  readonly #helpers: readonly Helper[];

  /** @param count How many there are besides this one. */
  constructor(count: number) {
    this.#helpers = Array.from({ length: count }, () => ({
      thread: new Thread<ScanRequest, ScanReply>(
        new Worker(new URL("./scan_worker.ts", import.meta.url), { type: "module" }),
      ),
      done: new Int32Array(new SharedArrayBuffer(4)),
      sent: 0,
    }));
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
    for (const { thread, done } of this.#helpers) {
      isPending(thread.ask({ do: "begin", filter, done }));
    }
    let repliesAt = performance.now() + scanRepliesEveryMs;
    for (const lines of blocks) {
      const { bytes, spans } = lines;
      const { length } = bytes;
      const idle = this.#helpers.find(({ sent, done }) =>
        sent - Atomics.load(done, 0) < scanBlocksAheadMax
      );
      if (idle === undefined) scan.scan(bytes, spans);
      else {
        idle.sent++;
        isPending(idle.thread.ask({ do: "scan", lines }, [bytes.buffer, spans.buffer]));
      }
      if (!onScanned(length)) return;
      if (performance.now() < repliesAt) continue;
      // A tick is too short for messages: replies, and whether this is to end.
      await delay(0);
      if (failure !== undefined) throw failure.error;
      repliesAt = performance.now() + scanRepliesEveryMs;
    }
    await Promise.all(pending);
    if (failure !== undefined) throw (failure as { error: unknown }).error;
    for (const { thread } of this.#helpers) await this.#takeHits(thread, scan);
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
    for (const { thread } of this.#helpers) {
      // So that its temporary file goes.
      await thread.ask({ do: "close" }).catch(() => {});
      thread[Symbol.dispose]();
    }
  }
}
