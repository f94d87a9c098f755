/**
 * The records of an upload on their way: how much has been taken, and the beginning once more for a server
 * that had no slot for the import the first time.
 *
 * @module
 */

import { uploadFirstBytes, uploadKeptBytesMax, uploadResponseWaitMs } from "./limits.ts";
import { delay } from "../deps/delay.ts";
import { wholeBody } from "./whole_body.ts";

/** The body of an upload, over as many requests as it takes. */
export class UploadBody {
  /** Whether the end has been handed over: from then on, a server can commit. */
  sentAll = false;
  /** Bytes that the request under way has taken. */
  sentBytes = 0;
  /** What went wrong in reading the records. */
  failure: { error: unknown } | undefined;
  /** Whether the records were read as they were sent; a blob that goes as a whole is not. */
  wasRead = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #blob: Blob | undefined;
  readonly #onMove: () => void;
  /** What has been read and not been sent; at first also what has been sent. */
  #chunks: Uint8Array[] = [];
  #chunksBytes = 0;
  #request = 0;
  /** How many of the chunks the request under way has taken. */
  #taken = 0;
  #reading: Promise<void> | undefined;
  #ended = false;
  /** Whether what is sent is kept, since no response has come yet. */
  #keeps = true;
  /** Whether the response has been waited for once. */
  #hasWaited = false;
  #responded = new AbortController();
  #calledOff = false;

  /** @param onMove Called when some of them have been taken. */
  constructor(records: ReadableStream<Uint8Array> | Blob, onMove: () => void) {
    this.#blob = records instanceof Blob ? records : undefined;
    this.#reader = (records instanceof Blob ? records.stream() : records).getReader();
    this.#onMove = onMove;
  }

  /** Whether everything can be sent once more. */
  get isKept(): boolean {
    return this.#keeps || (this.#blob !== undefined && !this.wasRead);
  }

  /** What the next request is to send, from the beginning on. */
  stream(): ReadableStream<Uint8Array> {
    this.sentAll = false;
    this.sentBytes = 0;
    this.#taken = 0;
    this.wasRead = true;
    const request = ++this.#request;
    let cancelled = false;
    // A request that was given up may go on asking for a while.
    const isOver = () => cancelled || this.#calledOff || request !== this.#request;
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const chunk = await this.#next(isOver);
          // Calling off also ends a read that waits; that is not the end of the records.
          if (isOver()) return;
          this.#onMove();
          if (chunk !== undefined) {
            this.sentBytes += chunk.length;
            return controller.enqueue(chunk);
          }
          this.sentAll = true;
          controller.close();
        } catch (error) {
          this.failure = { error };
          throw error;
        }
      },
      cancel: () => {
        cancelled = true;
      },
    }, { highWaterMark: 0 });
  }

  /** All of the records, for a platform that sends no streams; they count as sent from then on. */
  async whole(signal: AbortSignal): Promise<Blob> {
    // No response can come before all has been read.
    this.#hasWaited = true;
    const blob = this.#blob ?? await wholeBody(this.stream(), signal);
    this.sentAll = true;
    this.sentBytes = blob.size;
    return blob;
  }

  /** Notes that the server has refused it for now: it has taken nothing, whatever was sent. */
  refused(): void {
    this.sentAll = false;
  }

  /** Notes that the server has taken the import on: nothing will have to be sent once more. */
  accepted(): void {
    this.#responded.abort();
    this.#keepNoMore();
  }

  /** Lets go of what was not sent. */
  release(): void {
    this.#calledOff = true;
    this.#responded.abort();
    this.#chunks = [];
    this.#reader.cancel().catch(() => {});
  }

  /** The chunk after those that the request has taken; `undefined` at the end. */
  async #next(isOver: () => boolean): Promise<Uint8Array | undefined> {
    if (isOver()) return undefined;
    while (this.#taken === this.#chunks.length && !this.#ended) {
      if (this.#keeps && !this.#hasWaited && this.#chunksBytes >= uploadFirstBytes) {
        // Nearly every server responds at once, and what it refuses need not be sent; what a proxy takes
        // only as a whole goes on after a while.
        await delay(uploadResponseWaitMs, { signal: this.#responded.signal }).catch(() => {});
        this.#hasWaited = true;
        if (isOver()) return undefined;
      }
      if (this.#chunksBytes >= uploadKeptBytesMax) this.#keepNoMore();
      // One read at a time, also where a request that was given up still waits for it.
      await (this.#reading ??= this.#read());
      if (isOver()) return undefined;
    }
    if (this.#keeps) return this.#chunks[this.#taken++];
    const chunk = this.#chunks.shift();
    this.#chunksBytes -= chunk?.length ?? 0;
    return chunk;
  }

  async #read(): Promise<void> {
    try {
      const { value, done } = await this.#reader.read();
      if (done) {
        this.#ended = true;
        return;
      }
      this.#chunks.push(value);
      this.#chunksBytes += value.length;
    } finally {
      this.#reading = undefined;
    }
  }

  #keepNoMore(): void {
    if (!this.#keeps) return;
    this.#keeps = false;
    for (const chunk of this.#chunks.splice(0, this.#taken)) this.#chunksBytes -= chunk.length;
    this.#taken = 0;
  }
}
