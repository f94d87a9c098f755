/**
 * One masking by other threads: this one reads and writes, one masks, and several look for what is left.
 *
 * @module
 */

import {
  maskBytesAheadMax,
  maskChunkBytes,
  maskedChunksAheadMax,
  scanThreadsMax,
} from "../limits.ts";
import type { MaskReport } from "../report/mask_report.ts";
import type { SpooledLines } from "../mask_spool.ts";
import type { MaskPolicy } from "../policy/policy.ts";
import type { MaskedCounts, MaskNews, MaskReply, MaskRequest } from "./mask_worker.ts";
import { Thread } from "./thread.ts";

/** A masking in a thread of its own. */
export class MaskThread implements AsyncDisposable {
  /** How much has been masked. */
  counts: MaskedCounts = { events: 0, dropped: 0, bytes: 0 };
  /** Bytes of the masked lines that have been looked through. */
  bytesChecked = 0;
  readonly #thread: Thread<MaskRequest, MaskReply, MaskNews>;
  /** Lines that are gathered, and how many bytes they are. */
  #chunk = new Uint8Array(maskChunkBytes);
  #filled = 0;
  readonly #spare: ArrayBuffer[] = [];
  /** What waits to be masked, the oldest first. */
  readonly #sent: { bytes: number; done: Promise<void> }[] = [];
  #sentBytes = 0;
  #failure: { error: unknown } | undefined;

  /** @param key The secret. */
  constructor(policy: MaskPolicy, key: Uint8Array) {
    const worker = new Worker(new URL("./mask_worker.ts", import.meta.url), { type: "module" });
    this.#thread = new Thread(worker, (bytes) => this.bytesChecked += bytes);
    const scanThreads = Math.min(scanThreadsMax, navigator.hardwareConcurrency) - 1;
    this.#send({ do: "begin", policy, key, scanThreads }, 0, []);
  }

  /**
   * Masks lines, after those before them.
   *
   * @param lines Whole lines, each with its line end. They are copied.
   * @throws {EventoDBError} `MASK_FAILED`: a value of these lines or of earlier ones is undecided or does not
   * fit its rule.
   */
  async add(lines: Uint8Array): Promise<void> {
    if (this.#filled + lines.length > this.#chunk.length) await this.#sendChunk(lines.length);
    this.#chunk.set(lines, this.#filled);
    this.#filled += lines.length;
  }

  /** Waits until all lines have been masked. */
  async settle(): Promise<void> {
    await this.#sendChunk(0);
    while (this.#sent.length > 0) await this.#oldest();
  }

  /**
   * Looks for masked values in what is left.
   *
   * @returns What was done.
   */
  async check(): Promise<MaskReport> {
    await this.settle();
    return (await this.#thread.ask({ do: "check" })).report!;
  }

  /** The masked lines, in chunks, once they have been looked through. */
  async *lines(): AsyncGenerator<SpooledLines> {
    const ahead: Promise<MaskReply>[] = [];
    for (;;) {
      while (ahead.length < maskedChunksAheadMax) {
        const reply = this.#thread.ask({ do: "read" });
        // Whoever waits for it gets the error; if nobody does any more, it is none.
        reply.catch(() => {});
        ahead.push(reply);
      }
      const { lines } = await ahead.shift()!;
      if (lines === undefined) return;
      yield lines;
    }
  }

  /** Ends the threads, and takes their temporary files away. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.ask({ do: "close" }).catch(() => {});
    this.#thread[Symbol.dispose]();
  }

  async #sendChunk(nextBytes: number): Promise<void> {
    const length = this.#filled;
    this.#filled = 0;
    if (length > 0) {
      while (this.#sentBytes > 0 && this.#sentBytes + length > maskBytesAheadMax) {
        await this.#oldest();
      }
      const { buffer } = this.#chunk;
      this.#send({ do: "mask", buffer, length }, length, [buffer]);
      this.#chunk = new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(maskChunkBytes));
    }
    if (this.#chunk.length < nextBytes) this.#chunk = new Uint8Array(nextBytes);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #oldest(): Promise<void> {
    await this.#sent[0]?.done;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #send(request: MaskRequest, bytes: number, buffers: ArrayBuffer[]): void {
    const done = this.#thread.ask(request, buffers).then(({ masked, buffer }) => {
      if (masked !== undefined) this.counts = masked;
      // A longer one would stay as long as the command.
      if (buffer?.byteLength === maskChunkBytes) this.#spare.push(buffer);
    }).catch((error) => {
      this.#failure ??= { error };
    }).finally(() => {
      this.#sentBytes -= bytes;
      this.#sent.shift();
    });
    this.#sentBytes += bytes;
    this.#sent.push({ bytes, done });
  }
}
