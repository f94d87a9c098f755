/**
 * Masks lines in another thread.
 *
 * @module
 */

import { maskChunkBytes } from "../limits.ts";
import type { FilterParts } from "../residual/filter_parts.ts";
import type { AddedStreams } from "../rules/merged_streams.ts";
import type { PartOptions } from "./local_part.ts";
import type { FoundHits, LineChunk, MaskedCounts, MaskPart, PartReport } from "./mask_part.ts";
import type { SpooledLines } from "./mask_spool.ts";
import type { PartNews, PartReply, PartRequest } from "./part_worker.ts";
import { Thread } from "./thread.ts";

/** A part in a thread of its own. */
export class ThreadPart implements MaskPart, AsyncDisposable {
  readonly #thread: Thread<PartRequest, PartReply, PartNews>;
  readonly #begun: Promise<unknown>;
  /** Memory for chunks, and for masked lines. */
  readonly #spare: ArrayBuffer[] = [];
  readonly #read: ArrayBuffer[] = [];

  /** @param onScanned Called with the bytes that have been looked through. */
  constructor(options: PartOptions, onScanned: (bytes: number) => void) {
    const worker = new Worker(new URL("./part_worker.ts", import.meta.url), { type: "module" });
    this.#thread = new Thread(worker, onScanned);
    this.#begun = this.#thread.ask({ do: "begin", options });
    // Whatever it is asked next says so.
    this.#begun.catch(() => {});
  }

  /** How much it has to do: how many requests wait for their replies. */
  get waiting(): number {
    return this.#thread.waiting;
  }

  /** Memory for a chunk; that of one that has been masked, where there is one. */
  newBuffer(): ArrayBuffer {
    return this.#spare.pop() ?? new ArrayBuffer(maskChunkBytes);
  }

  /** @param chunk Its memory goes over to the thread. */
  async mask(chunk: LineChunk): Promise<MaskedCounts> {
    const { result, buffer } = await this.#reply({ do: "mask", given: chunk }, [
      chunk.lines.buffer,
    ]);
    // A longer one would stay as long as the command.
    if (buffer?.byteLength === maskChunkBytes) this.#spare.push(buffer);
    return result as MaskedCounts;
  }

  nextStreams(): Promise<AddedStreams> {
    return this.#ask({ do: "nextStreams", given: undefined });
  }

  report(): Promise<PartReport> {
    return this.#ask({ do: "report", given: undefined });
  }

  addTo(filter: FilterParts): Promise<void> {
    return this.#ask({ do: "addTo", given: filter });
  }

  scan(filter: FilterParts): Promise<void> {
    return this.#ask({ do: "scan", given: filter });
  }

  nextHits(): Promise<FoundHits> {
    return this.#ask({ do: "nextHits", given: undefined });
  }

  textsWithHashes(firsts: Uint32Array): Promise<Uint32Array<ArrayBuffer>> {
    return this.#ask({ do: "textsWithHashes", given: firsts });
  }

  /** They are copied: what has come from another thread is not collected in time, since nobody counts it. */
  async read(): Promise<SpooledLines> {
    const memory = this.#read.pop();
    const buffers = memory === undefined ? [] : [memory];
    const { result } = await this.#reply({ do: "read", given: memory }, buffers);
    const { bytes, ...rest } = result as SpooledLines;
    // A longer one would stay until the end.
    if (bytes.buffer.byteLength <= 2 * maskChunkBytes) this.#read.push(bytes.buffer);
    return { bytes: bytes.slice(), ...rest };
  }

  /** Ends the thread, and takes its temporary files away. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.ask({ do: "close" }).catch(() => {});
    this.#thread[Symbol.dispose]();
  }

  async #ask<Result>(request: PartRequest): Promise<Result> {
    return (await this.#reply(request)).result as Result;
  }

  async #reply(request: PartRequest, buffers?: ArrayBuffer[]): Promise<PartReply> {
    const [reply] = await Promise.all([this.#thread.ask(request, buffers), this.#begun]);
    return reply;
  }
}
