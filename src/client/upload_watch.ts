/**
 * Whether an upload makes progress: a standstill is reported, and ends the upload after a timeout.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { uploadStandstillMs } from "../limits.ts";
import { sameCountsMin, uploadCheckMs } from "./limits.ts";
import type { UploadBody } from "./upload_body.ts";

/** An upload that stands still. */
export interface UploadStandstill {
  /** Bytes that have left here. */
  sentBytes: number;
  /** Bytes that have arrived, as the server says; `undefined` where it does not say it. */
  receivedBytes: number | undefined;
  /** Whether the server has begun to respond. */
  hasResponded: boolean;
}

/** Watches an upload, until it is stopped. */
export class UploadWatch {
  /** Whether the server has begun to respond. */
  hasResponded = false;
  readonly #abort = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #movedAt = performance.now();
  #extraMs = 0;
  #receivedBytes: number | undefined;
  /** How often the server has said the same count in a row. */
  #sameCounts = 0;
  #imported = -1;
  #isReported = false;

  /**
   * @param url The server's address.
   * @param timeoutMs How long nothing may move, in milliseconds.
   * @param standstill Called after a standstill of `uploadStandstillMs`, and the body to look at.
   */
  constructor(
    url: string,
    timeoutMs: number,
    standstill: { onStandstill?: (standstill: UploadStandstill) => void; body: () => UploadBody },
  ) {
    const everyMs = Math.max(1, Math.min(uploadCheckMs, timeoutMs / 4));
    this.#timer = setInterval(() => this.#look(url, timeoutMs, standstill), everyMs);
  }

  /** Aborted when nothing has moved for too long. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /**
   * Notes that something has moved.
   *
   * @param extraMs How much longer than usual nothing may move from here on, in milliseconds.
   */
  moved(extraMs: number = 0): void {
    this.#movedAt = performance.now();
    this.#extraMs = extraMs;
    this.#sameCounts = 0;
    this.#isReported = false;
  }

  /** Notes that the server has begun to respond. */
  responded(): void {
    this.hasResponded = true;
    this.moved();
  }

  /** Notes a new request. */
  restarted(): void {
    this.hasResponded = false;
    this.#receivedBytes = undefined;
    this.#imported = -1;
    this.moved();
  }

  /** Notes how many records the server says that it has written: a number that stays the same is not progress. */
  progressed(imported: number): void {
    if (imported === this.#imported) return;
    this.#imported = imported;
    this.moved();
  }

  /** Notes a comment of the server: `received N` says how many bytes have arrived. */
  commented(comment: string): void {
    const count = /^\s*received (\d{1,16})\s*$/.exec(comment)?.[1];
    if (count === undefined) return;
    const bytes = Number(count);
    if (bytes === this.#receivedBytes) {
      this.#sameCounts++;
      return;
    }
    this.#receivedBytes = bytes;
    this.moved();
  }

  /** Stops watching. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #look(
    url: string,
    timeoutMs: number,
    { onStandstill, body }: {
      onStandstill?: (standstill: UploadStandstill) => void;
      body: () => UploadBody;
    },
  ): void {
    const stillMs = performance.now() - this.#movedAt;
    if (stillMs >= timeoutMs + this.#extraMs) {
      this.stop();
      const seconds = Number(((timeoutMs + this.#extraMs) / 1000).toPrecision(3));
      const message = `${url} has neither received nor sent anything for ${seconds} s`;
      this.#abort.abort(new EventoDBError("CONNECTION_FAILED", message));
      return;
    }
    if (this.#isReported || stillMs < uploadStandstillMs + this.#extraMs) return;
    if (!this.#isHeldBack(body())) return;
    this.#isReported = true;
    try {
      onStandstill?.({
        sentBytes: body().sentBytes,
        receivedBytes: this.#receivedBytes,
        hasResponded: this.hasResponded,
      });
    } catch (error) {
      this.#abort.abort(error);
    }
  }

  /** Whether it looks as if bytes were on their way for too long; a commit may take its time. */
  #isHeldBack({ sentBytes }: UploadBody): boolean {
    if (!this.hasResponded) return true;
    const received = this.#receivedBytes;
    return received !== undefined && received < sentBytes && this.#sameCounts >= sameCountsMin;
  }
}
